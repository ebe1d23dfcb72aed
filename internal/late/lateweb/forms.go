package lateweb

import (
	"strconv"

	"matbang/internal/fault"
	"matbang/internal/late"
	"matbang/internal/webkit"
)

func (w Web) approve(c *webkit.Ctx) error {
	f := actForm{On: "approve", DecisionNo: c.Form("decision_no"), DecidedOn: c.Form("decided_on"), Day: c.Today().VN()}
	var wrong fault.Wrong
	on := webkit.Day(&wrong, "decided_on", f.DecidedOn)
	err := wrong.Err()
	if err == nil {
		err = w.Late.Approve(c.Context(), c.Actor(), c.Param("code"), c.Version(), f.DecisionNo, on, c.Key(), c.Today())
	}
	return w.told(c, f, err, "late.plan.approved")
}

func (w Web) cancel(c *webkit.Ctx) error {
	f := actForm{On: "cancel", Reason: c.Form("reason")}
	return w.told(c, f, w.Late.Cancel(c.Context(), c.Actor(), c.Param("code"), c.Version(), f.Reason, c.Key()), "late.plan.cancelled")
}

func (w Web) pay(c *webkit.Ctx) error {
	f := actForm{On: "pay", Line: c.Form("line"), Day: c.Form("day"), EvidenceKind: c.Form("evidence_kind"), EvidenceRef: c.Form("evidence_ref")}
	var wrong fault.Wrong
	r := late.Result{Day: webkit.Day(&wrong, "day", f.Day), EvidenceKind: f.EvidenceKind, EvidenceRef: f.EvidenceRef}
	r.Line, _ = strconv.ParseInt(f.Line, 10, 64)
	wrong.Check(r.Line > 0, "line", "choose")
	err := wrong.Err()
	if err == nil {
		err = w.Late.RecordPaid(c.Context(), c.Actor(), c.Param("code"), c.Version(), r, c.Key(), c.Today())
	}
	return w.told(c, f, err, "late.line.paid")
}

func (w Web) takeBack(c *webkit.Ctx) error {
	f := actForm{On: "take-back", Line: c.Form("line"), Reason: c.Form("reason")}
	line, _ := strconv.ParseInt(f.Line, 10, 64)
	return w.told(c, f, w.Late.TakeBack(c.Context(), c.Actor(), c.Param("code"), c.Version(), line, f.Reason, c.Key(), c.Today()), "late.line.taken_back")
}
