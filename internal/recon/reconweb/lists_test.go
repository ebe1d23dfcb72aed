package reconweb_test

import (
	"net/http"
	"strings"
	"testing"

	"matbang/internal/actor"
	"matbang/internal/bank"
	"matbang/internal/day"
)

// On every month's end of the sample city what bank and book of an account differ by is what the lists name, item by item, and the bank's side is what
// its own statement says.
func TestTheListsExplainWhatBankAndBookDifferBy(t *testing.T) {
	b := open(t)
	who := actor.Actor{Grants: map[actor.Permission]actor.Reach{bank.Read: actor.All}}
	for _, account := range []string{"TK-VCB", "TK-KB"} {
		for month := day.Must("2023-01-01").Month(); month.First().Before(day.Must("2024-01-01")); month = month.Last().Add(1).Month() {
			a, err := b.app.Rooms.Recon.Agreement(t.Context(), who, account, month.First(), month.Last())
			must(t, err)
			if a.Unexplained != 0 {
				t.Errorf("%s %s: %v is not explained of %v", account, month, a.Unexplained, a.Difference)
			}
			for name, s := range map[string]struct{ opening, in, out, closing int64 }{
				"bank": {int64(a.Bank.Opening), int64(a.Bank.In), int64(a.Bank.Out), int64(a.Bank.Closing)},
				"book": {int64(a.Book.Opening), int64(a.Book.In), int64(a.Book.Out), int64(a.Book.Closing)},
			} {
				if s.opening+s.in-s.out != s.closing {
					t.Errorf("%s %s: the %s's movements do not come to its balance: %+v", account, month, name, s)
				}
			}
			moved := a.Moved
			if out := moved.PaymentSum + moved.FeeSum + moved.OtherOutSum + moved.OpenOutSum; out != a.Bank.Out {
				t.Errorf("%s %s: %v of %v went out", account, month, out, a.Bank.Out)
			}
			if in := moved.ReturnSum + moved.OtherInSum + moved.OpenInSum; in != a.Bank.In {
				t.Errorf("%s %s: %v of %v came in", account, month, in, a.Bank.In)
			}
			if a.Stated != nil && !a.Stated.Agrees {
				t.Errorf("%s %s: the statement closes with %v", account, month, a.Stated.Closing)
			}
		}
	}
}

func TestMinutesAndListsAreHandedOut(t *testing.T) {
	b := open(t)
	b.want("/recon/TK-KB/lists?month=2023-12", http.StatusOK, "Sổ đã ghi, sao kê chưa có", "DIEU CHINH CT 0412", "đã gửi giữ")
	b.want("/recon/TK-KB/agreement?month=2023-12", http.StatusOK, "giải thích đủ", "751.085.040")
	for path, begin := range map[string]string{"/recon/TK-KB/lists.xlsx": "PK", "/recon/TK-KB/agreement/docx": "PK", "/recon/TK-KB/agreement/pdf": "%PDF", "/recon/TK-KB/agreement/xlsx": "PK",
		"/api/v1/bank-accounts/TK-KB/reconciliation?period=2023-12": "{", "/api/v1/bank-accounts/TK-KB/reconciliation?period=2023-12&format=pdf": "%PDF",
		"/api/v1/bank-accounts/TK-KB/differences": "{"} {
		if status, body := b.get(path); status != http.StatusOK || !strings.HasPrefix(body, begin) {
			t.Errorf("%s: %d %.80q", path, status, body)
		}
	}
	b.want("/recon/TK-KB/agreement/odt", http.StatusUnprocessableEntity)
	b.want("/recon/none/agreement", http.StatusNotFound)
	b.as("planner").want("/recon/TK-KB/lists", http.StatusForbidden)
}
