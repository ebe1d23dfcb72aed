package reconweb

import (
	"context"

	"matbang/internal/bank"
	"matbang/internal/id"
	"matbang/internal/recon"
	"matbang/internal/webkit"
)

// once runs an act of a form at most once for its key. A form without one, as the older pages of a browser may still show, is refused.
func (w Web) once(c *webkit.Ctx, act string, input, answer any, run func(ctx context.Context) error) error {
	return w.Recon.Once(c.Context(), c.Actor(), act, c.Key(), input, answer, run)
}

type none struct{}

// confirm takes the chosen payment for the line, or for all marked lines together.
func (w Web) confirm(c *webkit.Ctx) error {
	form, mode := readLineForm(c), readView(c).Mode
	codes := form.codes(mode)
	lines := append([]id.Line{lineID(c)}, form.Marks...)
	reason, err := w.reason(c, form, codes)
	if err != nil {
		return err
	}
	err = w.once(c, "match.confirm", []any{lines, codes, form.Reason, form.LessFee}, &none{}, func(ctx context.Context) error {
		return w.Recon.Decide(ctx, c.Actor(), recon.Decision{Lines: lines, Payments: codes, Reason: reason, LessFee: form.LessFee}, c.Today())
	})
	return w.decided(c, "confirm", form, err, codes)
}

// reason is what the person wrote; without words, what the line and the chosen candidate have in common, when that is more than a name.
func (w Web) reason(c *webkit.Ctx, form lineForm, code string) (string, error) {
	if form.Reason != "" || len(form.Marks) > 0 {
		return form.Reason, nil
	}
	found, err := w.Recon.Candidates(c.Context(), c.Actor(), lineID(c))
	if err != nil {
		return "", err
	}
	for _, f := range found {
		if f.PaymentCode == code && proves(f) {
			return candidate{Candidate: f, Why: recon.WhyOf(bank.Line{}, f)}.Words(c), nil
		}
	}
	return "", nil
}

// classify says that the line is no payment of ours. "Not ours" is other money, told as such in the reason.
func (w Web) classify(c *webkit.Ctx) error {
	form := readLineForm(c)
	kind, reason := recon.Kind(form.Kind), form.Reason
	if form.Kind == "foreign" && reason != "" {
		kind, reason = recon.Other, c.T("recon.kind.foreign")+": "+reason
	} else if form.Kind == "foreign" {
		kind = recon.Other
	}
	err := w.once(c, "match.classify", []any{lineID(c), form.Kind, form.Reason}, &none{}, func(ctx context.Context) error {
		return w.Recon.Classify(ctx, c.Actor(), lineID(c), kind, reason)
	})
	return w.decided(c, "classify", form, err, "@recon.kind."+form.Kind)
}

// undoLine takes back what explains a line, from the bench.
func (w Web) undoLine(c *webkit.Ctx) error {
	form := readLineForm(c)
	a, err := w.Bank.Account(c.Context(), c.Actor(), c.Param("account"))
	if err != nil {
		return err
	}
	line, err := w.Recon.LineOf(c.Context(), c.Actor(), a.ID, lineID(c))
	if err != nil {
		return err
	}
	err = w.once(c, "match.undo", []any{line.MatchID, form.Reason}, &none{}, func(ctx context.Context) error {
		return w.Recon.UndoMatch(ctx, c.Actor(), line.MatchID, form.Reason, c.Today())
	})
	if err != nil {
		return w.decided(c, "undo", form, err, "")
	}
	v := readView(c)
	v.Line, v.Last, v.Mode, v.Show = line.ID, 0, "", recon.ShowOpen
	return c.Done(v.At(), "recon.undone_line", line.Day.VN(), line.Amount)
}

// decided goes on to the next open line, or shows the bench again with what was typed.
func (w Web) decided(c *webkit.Ctx, act string, form lineForm, err error, what string) error {
	v := readView(c)
	v.Line = lineID(c)
	if err != nil {
		if act == "classify" {
			v.Mode = modeOther
		}
		page, pageErr := w.benchData(c, v, form)
		if pageErr != nil {
			return pageErr
		}
		return c.Refuse(err, "recon/bench", page)
	}
	a, err := w.Bank.Account(c.Context(), c.Actor(), c.Param("account"))
	if err != nil {
		return err
	}
	next, err := w.Recon.NextOpen(c.Context(), c.Actor(), a.ID, c.Month().Last(), v.Line)
	if err != nil {
		return err
	}
	v.Last, v.Line, v.Mode, v.Find = v.Line, next, "", ""
	return c.Done(v.At(), "recon.decided."+act, what)
}
