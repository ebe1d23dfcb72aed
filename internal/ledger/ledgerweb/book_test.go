package ledgerweb_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"matbang/internal/ledger"
	"matbang/internal/vnd"
)

// What the accounts of the sample city say is what its bridge says, and every figure opens the journals behind it.
func TestTheBookByPagesAndAPI(t *testing.T) {
	c := openPeriods(t)
	var whole struct{ Items []ledger.Balance }
	c.must(json.Unmarshal(c.Send("leader", http.MethodGet, "/api/v1/ledger/accounts", "", "", nil).Body.Bytes(), &whole))
	var sum vnd.Amount
	at := map[ledger.Account]vnd.Amount{}
	for _, b := range whole.Items {
		sum += b.Amount
		at[b.Account] = b.Amount
	}
	bridge, err := c.App.Rooms.Ledger.Bridge(t.Context(), ledger.Limits{})
	c.must(err)
	if sum != 0 || len(whole.Items) != len(ledger.Chart()) || ledger.BridgeOf(at) != bridge || bridge.Paid == 0 {
		t.Errorf("%+v, the bridge %+v", whole.Items, bridge)
	}
	c.Page("accountant", "/ledger", nil, http.StatusOK, "Đã phê duyệt", "Đang ở Kho bạc", "/ledger/journals?account=paid")
	c.Page("accountant", "/ledger?through=2023-06-30", nil, http.StatusOK, "/ledger/journals?account=paid&through=2023-06-30")
	c.Page("accountant", "/ledger?case=khong-co", nil, http.StatusUnprocessableEntity, "Không có hồ sơ mang mã này", "khong-co")
	c.Page("accountant", "/ledger?through=hom-qua", nil, http.StatusUnprocessableEntity, "hom-qua")
	c.Page("auditor", "/ledger/journals?account=paid&kind=payment_paid", nil, http.StatusOK, "/payments/GPMB")
	c.Page("auditor", "/ledger/journals?kind=khong-co", nil, http.StatusOK, "Không có bút toán nào như vậy")
	c.Page("auditor", "/ledger/journals/999999999", nil, http.StatusNotFound)
	c.Page("planner", "/ledger", nil, http.StatusForbidden)

	var first, second struct {
		Items []ledger.JournalRow
		Next  string `json:"next_cursor"`
	}
	c.must(json.Unmarshal(c.Send("auditor", http.MethodGet, "/api/v1/ledger/journals?limit=5&kind=payment_paid", "", "", nil).Body.Bytes(), &first))
	c.must(json.Unmarshal(c.Send("auditor", http.MethodGet, "/api/v1/ledger/journals?limit=5&kind=payment_paid&cursor="+first.Next, "", "", nil).Body.Bytes(), &second))
	if len(first.Items) != 5 || len(second.Items) != 5 || second.Items[0].ID >= first.Items[4].ID {
		t.Fatalf("%+v then %+v", first, second)
	}
	var one struct {
		ledger.JournalRow
		Postings []ledger.PostingRow
	}
	c.must(json.Unmarshal(c.Send("auditor", http.MethodGet, fmt.Sprintf("/api/v1/ledger/journals/%d", first.Items[0].ID), "", "", nil).Body.Bytes(), &one))
	if len(one.Postings) != 2 || one.Postings[0].Amount+one.Postings[1].Amount != 0 || one.Amount != first.Items[0].Amount {
		t.Errorf("%+v", one)
	}
	c.Page("auditor", fmt.Sprintf("/ledger/journals/%d", one.ID), nil, http.StatusOK, one.Reference, one.Postings[0].Case, "Chưa niêm")
}
