package payoutweb

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/payout"
	"matbang/internal/payout/payoutsheet"
	"matbang/internal/webkit"
)

func papersPath(code string) string { return orderPath(code) + "/papers" }

func (w Web) desk() payoutsheet.Desk {
	return payoutsheet.Desk{Payouts: w.Payouts, Mask: webkit.Mask}
}

// paperRoutes: what shows whole numbers is a POST, so that it stands in the log and in nobody's history of addresses.
func (w Web) paperRoutes(k *webkit.Kit) {
	k.Page(http.MethodGet, "/payout-orders/:code/papers", payout.Read, w.papers)
	k.Page(http.MethodGet, "/payout-orders/:code/papers/:file", payout.Read, w.paper)
	k.Page(http.MethodPost, "/payout-orders/:code/papers/:file", "identity:open", w.fullPaper)
	k.Page(http.MethodPost, "/payout-orders/:code/calls", payout.Make, w.call)
	k.Page(http.MethodPost, "/payout-orders/:code/treasury-codes", payout.Make, w.treasury)
	k.Page(http.MethodPost, "/payments/:code/vietqr", "identity:open", w.vietqr)
	webkit.Op(k, webkit.Operation{ID: "get-payout-paper", Method: http.MethodGet, Path: "/payout-orders/{code}/papers/{file}", Permission: payout.Read,
		Summary: "A paper of an approved order, with masked numbers: list.pdf, .docx, .xlsx; slip.pdf, .docx, .json; calls-N.pdf, .docx"}, w.apiPaper)
	webkit.Op(k, webkit.Operation{ID: "open-payout-paper", Method: http.MethodPost, Path: "/payout-orders/{code}/papers/{file}", Permission: "identity:open",
		Summary: "The same with full numbers, also transfer-LAYOUT.csv and pain001.xml of a released order; the opening is logged"}, w.apiFullPaper)
	webkit.Op(k, webkit.Operation{ID: "call-payees", Method: http.MethodPost, Path: "/payout-orders/{code}/calls", Permission: payout.Make, Status: http.StatusCreated,
		Summary: "Call payees of a cash order to come and collect. Once for a key"}, w.apiCall)
	webkit.Op(k, webkit.Operation{ID: "list-calls", Method: http.MethodGet, Path: "/payout-orders/{code}/calls", Permission: payout.Read,
		Summary: "The calls of a cash order"}, w.apiCalls)
	webkit.Op(k, webkit.Operation{ID: "set-treasury-codes", Method: http.MethodPost, Path: "/payout-orders/{code}/treasury-codes", Permission: payout.Make,
		Summary: "Enter codes of the treasury's forms for the work of an order, in force from a day"}, w.apiTreasury)
	webkit.Op(k, webkit.Operation{ID: "open-payment-vietqr", Method: http.MethodPost, Path: "/payments/{code}/vietqr", Permission: "identity:open",
		Summary: "The text of a payment picture; the opening is logged"}, w.apiVietQR)
}

// fileLine is a paper with its files.
type fileLine struct {
	Name, Note   string
	Masked, Full []string // file names
}

type codeField struct{ Key, Value string }

// callRound is one call of an order: those called the n-th time for one hour.
type callRound struct {
	payout.Call
	People int
}

type callForm struct{ Day, Hour, Place, Bring string }

type papersPage struct {
	Order   payout.Order
	Files   []fileLine
	Rounds  []callRound
	MayCall bool
	Call    callForm
	Codes   []codeField
	From    string
	Act     string // the form that was refused
	Key     string
}

func (w Web) papers(c *webkit.Ctx) error {
	page, err := w.papersData(c)
	if err != nil {
		return err
	}
	return c.Show("payout/papers", page)
}

func (w Web) papersData(c *webkit.Ctx) (papersPage, error) {
	page := papersPage{Key: c.NewKey(), From: c.Today().VN(), Call: callForm{Hour: "08:00", Bring: c.T("payout.call.bring.default")}}
	var err error
	if page.Order, err = w.Payouts.Order(c.Context(), c.Actor(), c.Param("code")); err != nil {
		return page, err
	}
	o := page.Order
	c.Crumb(c.T("menu.payouts"), "/payout-orders")
	c.Crumb(o.Code, orderPath(o.Code))
	c.Crumb(c.T("payout.papers"), "")
	if page.Files, err = w.files(c, o); err != nil {
		return page, err
	}
	prints := o.Prints()
	page.MayCall = slices.Contains(prints, payout.PaperCalls) && c.Actor().Can(payout.Make)
	calls, err := w.Payouts.Calls(c.Context(), o.ID)
	if err != nil {
		return page, err
	}
	page.Rounds = rounds(calls)
	codes, err := w.Payouts.Codes(c.Context(), o, o.Day)
	for _, key := range payout.TreasuryKeys() {
		value := codes[key]
		if (key == "payer_account" || key == "treasury_account") && !c.Actor().Can(payout.Make) {
			value = webkit.Mask(value)
		}
		page.Codes = append(page.Codes, codeField{key, value})
	}
	page.From = o.Day.VN()
	return page, err
}

func rounds(calls []payout.Call) []callRound {
	rounds := []callRound{}
	for _, one := range calls {
		last := len(rounds) - 1
		if last >= 0 && rounds[last].Number == one.Number && rounds[last].Day == one.Day && rounds[last].Hour == one.Hour {
			rounds[last].People++
			continue
		}
		rounds = append(rounds, callRound{one, 1})
	}
	return rounds
}

// files are those of the order as it stands.
func (w Web) files(c *webkit.Ctx, o payout.Order) ([]fileLine, error) {
	var lines []fileLine
	for _, kind := range o.Prints() {
		name := c.T("payout.paper." + string(kind))
		switch kind {
		case payout.PaperList:
			lines = append(lines, fileLine{name, "", []string{"list.pdf", "list.docx", "list.xlsx"}, []string{"list.pdf", "list.docx", "list.xlsx"}})
		case payout.PaperSlip:
			lines = append(lines, fileLine{name, "", []string{"slip.pdf", "slip.docx", "slip.json"}, []string{"slip.pdf", "slip.docx", "slip.json"}})
		case payout.PaperPain:
			lines = append(lines, fileLine{name, "", nil, []string{"pain001.xml"}})
		case payout.PaperTransfer:
			layouts, err := w.Payouts.Layouts(c.Context(), o.ReleasedOn)
			if err != nil {
				return nil, err
			}
			for _, l := range layouts {
				note := ""
				if !l.Confirmed {
					note = c.T("payout.layout.unconfirmed")
				}
				lines = append(lines, fileLine{name + ": " + l.Name, note, nil, []string{"transfer-" + l.Code + ".csv"}})
			}
		case payout.PaperVietQR, payout.PaperCalls: // on the payment's page; below, call by call
		}
	}
	return lines, nil
}

func (w Web) paper(c *webkit.Ctx) error {
	f, err := w.desk().Make(c.Context(), c.Actor(), c.Param("code"), c.Param("file"), false)
	if err != nil {
		return err
	}
	return c.File(f.Name, f.Type, f.Content)
}

func (w Web) fullPaper(c *webkit.Ctx) error {
	f, err := w.desk().Make(c.Context(), c.Actor(), c.Param("code"), c.Param("file"), true)
	if err != nil {
		return c.Warn(papersPath(c.Param("code")), err)
	}
	return c.File(f.Name, f.Type, f.Content)
}

func (w Web) call(c *webkit.Ctx) error {
	code, f := c.Param("code"), callForm{c.Form("day"), c.Form("hour"), c.Form("place"), c.Form("bring")}
	var wrong fault.Wrong
	in := payout.NewCall{Day: webkit.Day(&wrong, "day", f.Day), Hour: f.Hour, Place: f.Place, Bring: f.Bring}
	called, err := 0, wrong.Err()
	if err == nil {
		called, err = w.Payouts.CallPayees(c.Context(), c.Actor(), code, in, c.Key(), c.Today())
	}
	if err == nil {
		return c.Done(papersPath(code), "payout.call.done", called)
	}
	page, pageErr := w.papersData(c)
	if pageErr != nil {
		return pageErr
	}
	page.Call, page.Act = f, "call"
	return c.Refuse(err, "payout/papers", page)
}

func (w Web) treasury(c *webkit.Ctx) error {
	code, values := c.Param("code"), map[string]string{}
	for _, key := range payout.TreasuryKeys() {
		values[key] = c.Form(key)
	}
	var wrong fault.Wrong
	from := webkit.Day(&wrong, "valid_from", c.Form("valid_from"))
	err := wrong.Err()
	if err == nil {
		err = w.Payouts.SetCodes(c.Context(), c.Actor(), code, from, values)
	}
	if err == nil {
		return c.Done(papersPath(code), "payout.treasury.saved")
	}
	page, pageErr := w.papersData(c)
	if pageErr != nil {
		return pageErr
	}
	page.Act, page.From = "treasury", c.Form("valid_from")
	for i := range page.Codes {
		page.Codes[i].Value = values[page.Codes[i].Key]
	}
	return c.Refuse(err, "payout/papers", page)
}

type vietqrPage struct {
	Row     payout.PaperRow
	Text    string
	Picture payoutsheet.Picture
}

func (w Web) vietqr(c *webkit.Ctx) error {
	code := c.Param("code")
	page, err := w.qr(c.Context(), c.Actor(), code)
	if err != nil {
		return c.Warn(paymentPath(code), err)
	}
	c.Crumb(c.T("menu.payouts"), "/payout-orders")
	c.Crumb(code, paymentPath(code))
	c.Crumb(c.T("payout.vietqr"), "")
	return c.Show("payout/vietqr", page)
}

func (w Web) qr(ctx context.Context, who actor.Actor, payment string) (page vietqrPage, err error) {
	if _, page.Row, err = w.Payouts.PaperOf(ctx, who, payment, payout.PaperVietQR); err != nil {
		return page, err
	}
	if page.Text, err = payoutsheet.VietQR(page.Row); err != nil {
		return page, err
	}
	page.Picture, err = payoutsheet.QR(page.Text)
	return page, err
}

type paperInput struct {
	CodeInput
	File string `path:"file"`
}

type fileOutput struct {
	Type        string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

func (w Web) apiPaper(ctx context.Context, who actor.Actor, in *paperInput) (*fileOutput, error) {
	return answered(w.desk().Make(ctx, who, in.Code, in.File, false))
}

func (w Web) apiFullPaper(ctx context.Context, who actor.Actor, in *paperInput) (*fileOutput, error) {
	return answered(w.desk().Make(ctx, who, in.Code, in.File, true))
}

func answered(f payoutsheet.File, err error) (*fileOutput, error) {
	if err != nil {
		return nil, err
	}
	return &fileOutput{f.Type, "attachment; filename=\"" + url.PathEscape(f.Name) + "\"", f.Content}, nil
}

type callInput struct {
	CodeInput
	webkit.Idempotent
	Body payout.NewCall
}

type calledBody struct {
	Called int `json:"called"`
}

func (w Web) apiCall(ctx context.Context, who actor.Actor, in *callInput) (*webkit.Body[calledBody], error) {
	called, err := w.Payouts.CallPayees(ctx, who, in.Code, in.Body, in.Key, w.Today())
	return &webkit.Body[calledBody]{Body: calledBody{called}}, err
}

type callsBody struct {
	Items []payout.Call `json:"items"`
}

func (w Web) apiCalls(ctx context.Context, who actor.Actor, in *CodeInput) (*webkit.Body[callsBody], error) {
	o, err := w.Payouts.Order(ctx, who, in.Code)
	if err != nil {
		return nil, err
	}
	calls, err := w.Payouts.Calls(ctx, o.ID)
	return &webkit.Body[callsBody]{Body: callsBody{calls}}, err
}

type treasuryInput struct {
	CodeInput
	Body struct {
		ValidFrom day.Date          `json:"valid_from"`
		Codes     map[string]string `json:"codes" doc:"by key, as in the data of the drawing slip; an empty value takes a code back"`
	}
}

func (w Web) apiTreasury(ctx context.Context, who actor.Actor, in *treasuryInput) (*webkit.Body[map[string]string], error) {
	if err := w.Payouts.SetCodes(ctx, who, in.Code, in.Body.ValidFrom, in.Body.Codes); err != nil {
		return nil, err
	}
	o, err := w.Payouts.Order(ctx, who, in.Code)
	if err != nil {
		return nil, err
	}
	codes, err := w.Payouts.Codes(ctx, o, in.Body.ValidFrom)
	return &webkit.Body[map[string]string]{Body: codes}, err
}

type vietqrBody struct {
	Payment string `json:"payment"`
	Text    string `json:"text"`
}

func (w Web) apiVietQR(ctx context.Context, who actor.Actor, in *CodeInput) (*webkit.Body[vietqrBody], error) {
	page, err := w.qr(ctx, who, in.Code)
	return &webkit.Body[vietqrBody]{Body: vietqrBody{in.Code, page.Text}}, err
}
