package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"matbang/internal/app"
	"matbang/internal/config"
	"matbang/internal/postgres/pgtest"
)

// shell runs commands on a copy of the sample city.
type shell struct {
	t        *testing.T
	settings config.Settings
}

func newShell(t *testing.T) shell {
	t.Helper()
	settings := func(dsn string) config.Settings {
		return config.Settings{DatabaseURL: dsn, Addr: "127.0.0.1:0", BaseURL: "http://127.0.0.1", DemoPassword: "mat-khau-thu-nghiem"}
	}
	return shell{t, settings(pgtest.CloneOf(t, "city", func(ctx context.Context, dsn string) error {
		a, err := app.Open(ctx, settings(dsn), "test", io.Discard)
		if err != nil {
			return err
		}
		return errors.Join(a.LoadSampleCity(ctx, io.Discard), a.Close())
	}))}
}

func (s shell) file(name, content string) string {
	s.t.Helper()
	path := filepath.Join(s.t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return path
}

func (s shell) imported(args ...string) (importAnswer, error) {
	s.t.Helper()
	var out bytes.Buffer
	err := importFile(s.t.Context(), env{settings: s.settings, args: append(args, "--json"), out: &out, log: io.Discard})
	var answer importAnswer
	if out.Len() > 0 {
		if jsonErr := json.Unmarshal(out.Bytes(), &answer); jsonErr != nil {
			s.t.Fatalf("%v: %s", jsonErr, out.String())
		}
	}
	return answer, err
}

const caseHead = "Mã dự án;Đối tượng;Tên chủ sử dụng đất;Phường, xã nơi ở;Phường, xã có đất;Tờ bản đồ;Số thửa;Loại đất;Diện tích thửa;Diện tích thu hồi\n"

func TestImportCommand(t *testing.T) {
	s := newShell(t)
	row := ";Hộ gia đình;Nông Văn Thử;Phường Huyền Tụng;Phường Huyền Tụng;99;17+175;ONT;300;"
	good, bad := s.file("good.csv", caseHead+row+"85,60\n"), s.file("bad.csv", caseHead+row+"1.234\n")

	answer, err := s.imported("cases", bad, "--project", "7941207", "--dry-run")
	if !errors.Is(err, errFaultsListed) || answer.Rows != 1 || answer.Written != 0 || len(answer.Faults) != 1 {
		t.Fatalf("%v %+v", err, answer)
	}
	if f := answer.Faults[0]; f.Row != 2 || f.Column != "J" || f.Found != "1.234" || !strings.Contains(f.Allowed, "1.234,00") {
		t.Errorf("%+v", f)
	}
	if answer, err = s.imported("cases", good, "--project", "7941207", "--dry-run"); err != nil || answer.Written != 0 || answer.Kind != "cases" || answer.Faults == nil {
		t.Errorf("%v %+v", err, answer)
	}
	if answer, err = s.imported("cases", good, "--project", "7941207", "--user", "clearance"); err != nil || answer.Written != 1 {
		t.Errorf("%v %+v", err, answer)
	}
	if answer, err = s.imported("cases", good, "--project", "7941207", "--user", "clearance"); !errors.Is(err, errFaultsListed) || answer.Written != 0 {
		t.Errorf("the same file again: %v %+v", err, answer)
	}
	if answer, err = s.imported("cases", s.file("x.xlsx", "no workbook"), "--dry-run"); !errors.Is(err, errFaultsListed) || len(answer.Faults) != 1 || answer.Faults[0].Row != 0 {
		t.Errorf("%v %+v", err, answer)
	}
}

func TestImportTemplatesReadBack(t *testing.T) {
	s := newShell(t)
	for kind, user := range map[string]string{"cases": "clearance", "progress": "planner"} {
		file := filepath.Join(t.TempDir(), kind+".xlsx")
		if _, err := s.imported(kind, "--template", file); err != nil {
			t.Fatal(err)
		}
		answer, err := s.imported(kind, file, "--user", user, "--dry-run")
		if kind == "cases" && (err != nil || answer.Rows != 0) || err != nil && !errors.Is(err, errFaultsListed) {
			t.Errorf("%s: %v %+v", kind, err, answer)
		}
	}
}

func TestImportUsedWrongly(t *testing.T) {
	for _, words := range []string{"", "cases", "prices f.xlsx", "dogs f.xlsx", "cases f.xlsx", "cases a b --dry-run", "progress f.xlsx --dry-run --project 1", "cases f.xlsx --dry-run --month 2023-12",
		"progress f.xlsx --dry-run --month 12x", "cases missing-file.xlsx --dry-run", "cases f.xlsx --no-such-flag"} {
		var wrong usageError
		if err := importFile(t.Context(), env{args: strings.Fields(words), out: io.Discard, log: io.Discard}); !errors.As(err, &wrong) {
			t.Errorf("%q: %v", words, err)
		}
	}
}

// Files of results and of deposits are read by their own columns; a wrong row is named with its reason, and the template holds what is open.
func TestResultsAndDepositsAreImported(t *testing.T) {
	s := newShell(t)
	deposits := s.file("tam-giu.csv", "Mã khoản chi,Ngày gửi,Số tiền,Lý do tạm giữ,Nơi gửi,Tên tài khoản,Số tài khoản,Số biên bản,Ngày biên bản\n"+
		"GPMB23T99999,31/12/2023,1.000,Từ chối nhận,KBNN,Tạm giữ,3941,12/BB,30/12/2023\nGPMB23T99999,31/12/2023,1.000,Từ chối nhận,KBNN,Tạm giữ,3941,12/BB,30/12/2023\n")
	answer, err := s.imported("deposits", deposits, "--dry-run")
	if !errors.Is(err, errFaultsListed) || answer.Kind != "deposits" || len(answer.Faults) != 2 || answer.Faults[0].Row != 2 || !strings.Contains(answer.Faults[1].Allowed, "dòng 2") {
		t.Errorf("%+v %v", answer, err)
	}
	results := s.file("ket-qua.csv", "Mã khoản chi,Kết quả,Ngày,Số tiền,Chứng từ,Số chứng từ\nGPMB23T99999,Đã chi,31/12/2023,1.000,Giấy báo của ngân hàng,GBN 1\n")
	if answer, err := s.imported("payments", results, "--dry-run"); !errors.Is(err, errFaultsListed) || answer.Kind != "payments" || len(answer.Faults) != 1 {
		t.Errorf("%+v %v", answer, err)
	}
	for _, kind := range []string{"payments", "deposits"} {
		file := filepath.Join(t.TempDir(), kind+".xlsx")
		if _, err := s.imported(kind, "--template", file); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		if content, err := os.ReadFile(file); err != nil || !strings.HasPrefix(string(content), "PK") {
			t.Errorf("%s: %v", kind, err)
		}
	}
}
