package progresssheet

import (
	"errors"
	"strings"
	"testing"

	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/vnd"
)

var december = day.MustMonth("2023-12")

func TestTitlesOfColumns(t *testing.T) {
	for title, want := range map[string]string{
		"Mã": "code", "MÃ DỰ ÁN": "code", "Ma cong trinh": "code", "Code": "code", "Lũy kế T12": "executed", "Lũy kế thực hiện (đ)": "executed", "Lũy kế tháng 12/2023": "executed",
		"Giá trị khối lượng thực hiện": "executed", "Ước hết T12": "estimate_month_end", "Ước thực hiện hết tháng": "estimate_month_end", "Giải ngân": "disbursed",
		"Lũy kế giải ngân": "disbursed", "KBNN xác nhận": "disbursed_treasury", "Kho bạc xác nhận": "disbursed_treasury", "% KL": "physical",
		"Khối lượng hoàn thành (%)": "physical", "=": "no_change", "Không đổi": "no_change", "Lý do": "reason", "Ghi chú": "note",
		"Lũy kế T11": "", "Giải ngân T11": "", "Lũy kế tháng trước": "", "KH năm": "", "Kế hoạch năm": "", "Được giải ngân trong năm": "", "Tên công trình": "", "Công trình": "",
	} {
		if got, known := FieldOfTitle(title, december); got != want || !known {
			t.Errorf("%q: %q (known %v), want %q", title, got, known, want)
		}
	}
	for _, title := range []string{"Chủ đầu tư", "Ước giải ngân"} {
		if got, known := FieldOfTitle(title, december); got != "" || known {
			t.Errorf("%q: %q, known %v", title, got, known)
		}
	}
}

func TestAmountsInTheUnitOfThePage(t *testing.T) {
	for _, tt := range []struct {
		text string
		unit Unit
		want vnd.Amount
		code string
	}{
		{"11.940.000.000", Dong, 11_940_000_000, ""},
		{"11940000000", Dong, 11_940_000_000, ""},
		{"11,940,000,000", Dong, 11_940_000_000, ""},
		{"11.940.000.000,00", Dong, 11_940_000_000, ""},
		{"11 940 000 000 đ", Dong, 11_940_000_000, ""},
		{"-", Dong, 0, ""}, {"0", Million, 0, ""},
		{"(5.000.000)", Dong, -5_000_000, ""},
		{"20.000", Dong, 0, "progress.paste.small"},
		{"20,000", Dong, 0, "progress.paste.ambiguous"},
		{"20,500", Dong, 0, "money_decimals"},
		{"20,5", Dong, 0, "money_decimals"},
		{"20.00", Dong, 0, "money_form"},
		{"sáu tỷ", Dong, 0, "money_form"},
		{"20.000", Million, 20_000_000_000, ""},
		{"11.940,5", Million, 11_940_500_000, ""},
		{"11,940.5", Million, 11_940_500_000, ""},
		{"11,940", Million, 0, "progress.paste.ambiguous"},
		{"11,9400001", Million, 0, "money_decimals"},
		{"11.940", Billion, 0, "progress.paste.ambiguous"},
		{"11,94", Billion, 11_940_000_000, ""},
		{"11.940.000.000", Million, 0, "money_range"},
		{"500.000.000", Million, 0, "progress.paste.large"},
		{"99999999999999999999", Dong, 0, "money_range"},
	} {
		got, code, _ := ReadAmount(tt.text, tt.unit)
		if got != tt.want || code != tt.code {
			t.Errorf("%q in %d: %d %q, want %d %q", tt.text, tt.unit, got, code, tt.want, tt.code)
		}
	}
	if _, _, args := ReadAmount("20.000", Dong); len(args) != 2 || !strings.EqualFold(args[1].(string), "hai mươi nghìn đồng") {
		t.Errorf("the doubt is not said in words: %v", args)
	}
}

func TestABlockIsReadByCodesAndTitles(t *testing.T) {
	block := "BÁO CÁO THÁNG\n\nSTT\tMã\tTên\tGiải ngân\tLũy kế T11\tLũy kế T12\t% KL\t=\tNhà thầu\n" +
		"1\t7654322\tVỉa hè\t\t\t\t\tx\tA\n2\t7654321\tĐường\t11.600.000.000\t1\t11.940.000.000\t96,5\t\tB\n\t\tTổng\t11.600.000.000\t\t\t\n3\t765\tSai\t1\n4\t7654321\tHai lần\t1\n"
	p, err := ReadPaste(block, Dong, december)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range p.Cells {
		got = append(got, c.Code+"."+c.Field+"="+c.Text+" "+c.Fault)
	}
	want := "7654322.no_change=1 |7654321.disbursed=11.600.000.000 |7654321.executed=11.940.000.000 |7654321.physical=96,5 |.code=765 progress.paste.code|7654321.code=7654321 progress.paste.row_twice"
	if s := strings.Join(got, "|"); s != want {
		t.Errorf("read\n%s, want\n%s", s, want)
	}
	if len(p.Skipped) != 1 || p.Skipped[0] != 5 || strings.Join(p.Unused, ",") != "Nhà thầu" {
		t.Errorf("skipped %v, unused %v", p.Skipped, p.Unused)
	}
}

func TestABlockWithoutTitles(t *testing.T) {
	p, err := ReadPaste("7654321\tĐường\t5.000.000\t6.000.000\t4.000.000\t3.000.000\t50\n", Dong, december)
	if err != nil || len(p.Cells) != 5 || p.Cells[3].Field != "disbursed_treasury" || p.Cells[4].Text != "50" {
		t.Errorf("%+v %v", p, err)
	}
	for block, want := range map[string]string{
		"7654321\t1\t2\n":                  "progress.paste.no_header",
		"abc\tdef\n":                       "progress.paste.no_codes",
		"":                                 "progress.paste.no_codes",
		"Mã\tGiải ngân\tĐã giải ngân\n":    "progress.paste.twice",
		"Mã\tGiải ngân\n7654321\t\n":       "progress.paste.nothing",
		strings.Repeat("x\n", 3000):        "progress.paste.too_large",
		strings.Repeat("7654321\t", 100):   "progress.paste.too_large",
		"Mã\tGhi chú\n7654321\t\"a\nb\"\n": "",
	} {
		_, err := ReadPaste(block, Dong, december)
		var f *fault.Fault
		got := ""
		if errors.As(err, &f) {
			got = f.Fields[0].Code
		}
		if got != want {
			t.Errorf("%.30q: %q, want %q", block, got, want)
		}
	}
}

// FuzzReadPaste: whatever is pasted, nothing panics, every cell names a work or the fault of its line, an amount that is taken comes back the
// same when it is pasted again in đồng, and no figure appears twice for a work.
func FuzzReadPaste(f *testing.F) {
	f.Add("Mã\tLũy kế T12\tGiải ngân\n7654321\t11.940.000.000\t20.000\n", int64(1))
	f.Add("7654321\tĐường\t5.000.000\t6.000.000\t4.000.000\t3.000.000\t50\n", int64(1))
	f.Add("Ma;Giai ngan;=\n7654321;11,940.5;x\n", int64(1_000_000))
	f.Add("\"\n\t\"\"7654321\xff\t(1)", int64(1_000_000_000))
	f.Fuzz(func(t *testing.T, text string, unit int64) {
		p, err := ReadPaste(text, UnitOf(vnd.Amount(unit).String()), december)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		seen := map[string]bool{}
		for _, c := range p.Cells {
			if c.Fault == "" && !codeForm.MatchString(c.Code) || c.Line < 1 || c.Field == "" {
				t.Fatalf("%q: %+v", text, c)
			}
			if c.Fault == "" && seen[c.Code+c.Field] {
				t.Fatalf("%q: %s.%s twice", text, c.Code, c.Field)
			}
			seen[c.Code+c.Field] = c.Fault == ""
			switch c.Field {
			case "executed", "estimate_month_end", "disbursed", "disbursed_treasury":
				if c.Fault != "" {
					continue
				}
				first, err := vnd.Parse(c.Text)
				if err != nil {
					t.Fatalf("%q: the grid cannot read %q", text, c.Text)
				}
				if again, code, _ := ReadAmount(c.Text, Dong); code != "" || again != first {
					t.Fatalf("%q: %s comes back as %s (%s)", text, first, again, code)
				}
			}
		}
	})
}
