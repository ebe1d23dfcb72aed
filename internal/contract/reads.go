package contract

import (
	"context"

	"matbang/internal/actor"
	"matbang/internal/area"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/legal"
	"matbang/internal/listing"
	"matbang/internal/vnd"
)

// Packages lists the packages of a work in the person's scope, by code.
func (r Contracts) Packages(ctx context.Context, who actor.Actor, project string) ([]Package, error) {
	scope, err := who.Require(Read)
	if err != nil {
		return nil, err
	}
	return store{r.DB.Read(ctx)}.packages(ctx, scope, project)
}

// Package reads one package. Refuses: package.missing (also outside the scope).
func (r Contracts) Package(ctx context.Context, who actor.Actor, project, code string) (Package, error) {
	scope, err := who.Require(Read)
	if err != nil {
		return Package{}, err
	}
	return store{r.DB.Read(ctx)}.findPackage(ctx, scope, project, code, false)
}

// List reads contracts in the person's scope with search, filter, sort and paging.
func (r Contracts) List(ctx context.Context, who actor.Actor, f Filter, q listing.Query, today day.Date) (listing.Answer[Contract], error) {
	scope, err := who.Require(Read)
	if err != nil {
		return listing.Answer[Contract]{}, err
	}
	days, err := r.alertDays(ctx, today)
	if err != nil {
		return listing.Answer[Contract]{}, err
	}
	answer, err := store{r.DB.Read(ctx)}.list(ctx, scope, f, q, today, days)
	if err != nil || r.Paid == nil {
		return answer, err
	}
	contracts := make([]id.Contract, 0, len(answer.Items))
	for _, c := range answer.Items {
		contracts = append(contracts, c.ID)
	}
	paid, err := r.Paid(ctx, contracts)
	for i := range answer.Items {
		amount := paid[answer.Items[i].ID]
		answer.Items[i].Paid = &amount
	}
	return answer, err
}

// File is everything of one contract.
type File struct {
	Contract
	Amendments  []Amendment  `json:"amendments"`
	Guarantees  []Guarantee  `json:"guarantees"`
	Acceptances []Acceptance `json:"acceptances"`
	Bills       []Bill       `json:"bills"`
	AlertDays   int          `json:"-"`
}

// Get reads one contract with its papers. Refuses: contract.missing (also outside the scope).
func (r Contracts) Get(ctx context.Context, who actor.Actor, code string, today day.Date) (File, error) {
	scope, err := who.Require(Read)
	if err != nil {
		return File{}, err
	}
	var f File
	err = r.DB.Snapshot(ctx, func(ctx context.Context) error {
		f, err = r.file(ctx, scope, code, today)
		return err
	})
	return f, err
}

func (r Contracts) file(ctx context.Context, scope actor.Scope, code string, today day.Date) (f File, err error) {
	s := store{r.DB.Read(ctx)}
	if f.Contract, err = s.find(ctx, scope, code); err != nil {
		return f, err
	}
	if f.AlertDays, err = r.alertDays(ctx, today); err != nil {
		return f, err
	}
	if f.Amendments, err = s.amendments(ctx, f.ID); err != nil {
		return f, err
	}
	if f.Guarantees, err = s.guarantees(ctx, f.ID); err != nil {
		return f, err
	}
	if f.Acceptances, err = s.acceptances(ctx, f.ID); err != nil {
		return f, err
	}
	if f.Bills, err = s.bills(ctx, f.ID); err != nil || r.Paid == nil {
		return f, err
	}
	paid, err := r.Paid(ctx, []id.Contract{f.ID})
	amount := paid[f.ID]
	f.Paid = &amount
	return f, err
}

// Bill reads one bill. Refuses: bill.missing (also outside the scope).
func (r Contracts) Bill(ctx context.Context, who actor.Actor, code string) (Bill, error) {
	scope, err := who.Require(Read)
	if err != nil {
		return Bill{}, err
	}
	return store{r.DB.Read(ctx)}.bill(ctx, scope, code)
}

// Contractors lists the firms known, by name, for a form.
func (r Contracts) Contractors(ctx context.Context, who actor.Actor) ([]Contractor, error) {
	if _, err := who.Require(Read); err != nil {
		return nil, err
	}
	return store{r.DB.Read(ctx)}.contractors(ctx)
}

// OfGuarantee is the code of the contract a guarantee belongs to, in the person's scope. Refuses: guarantee.missing.
func (r Contracts) OfGuarantee(ctx context.Context, who actor.Actor, guarantee string) (string, error) {
	scope, err := who.Require(Edit)
	if err != nil {
		return "", err
	}
	var code string
	err = store{r.DB.Read(ctx)}.one(ctx, &code, ErrGuaranteeMissing, `SELECT c.code FROM guarantee e JOIN contract c ON c.id = e.contract_id
		JOIN project p ON p.id = c.project_id WHERE`+inScope+` AND e.code = $4`, scope.Unit, scope.Ward, scope.Member, guarantee)
	return code, err
}

// Facts is what other rooms ask about a contract, as it stands in the caller's transaction.
type Facts struct {
	ID          id.Contract `db:"id"`
	Code        string      `db:"code"`
	ProjectID   id.Project  `db:"project_id"`
	Project     string      `db:"project"`
	Field       string      `db:"field"` // of the package: works, consulting, goods, services, mixed
	State       State       `db:"state"`
	SignedOn    day.Date    `db:"signed_on"`
	EndsOn      day.Date    `db:"ends_on"`
	Value       vnd.Amount  `db:"value"` // with the amendments
	AdvanceBP   int         `db:"advance_bp"`
	RetentionBP int         `db:"retention_bp"`
	Accepted    vnd.Amount  `db:"accepted"`
	Billed      vnd.Amount  `db:"billed"`    // completed value of bills not cancelled
	Approved    vnd.Amount  `db:"approved"`  // completed value of approved bills
	Payable     vnd.Amount  `db:"payable"`   // what approved bills ask to be paid
	Recovered   vnd.Amount  `db:"recovered"` // advance that approved bills recover
	Site        Site        `db:"-"`
}

// Site is the land of a work that recovers land: in hundredths of m². Planned tells whether a compensation plan is approved.
type Site struct {
	Recovers   bool      `db:"recovers"`
	Total      area.Area `db:"total"`
	HandedOver area.Area `db:"handed_over"`
	Planned    bool      `db:"planned"`
}

// Short tells whether the site is not all handed over (mặt bằng chưa bàn giao).
func (s Site) Short() bool { return s.Recovers && s.HandedOver < s.Total }

// Facts reads the facts of a contract. Refuses: contract.missing. It asks nobody's permission: the caller has.
func (r Contracts) Facts(ctx context.Context, contract id.Contract) (Facts, error) {
	s := store{r.DB.Read(ctx)}
	var f Facts
	if err := s.one(ctx, &f, ErrMissing, `SELECT c.id, c.code, c.project_id, p.code AS project, g.field, c.state, c.signed_on, c.ends_on, c.value, c.advance_bp,
		  c.retention_bp, COALESCE((SELECT sum(value) FROM acceptance WHERE contract_id = c.id), 0) AS accepted,
		  COALESCE(sum(b.completed_value) FILTER (WHERE b.state <> 'cancelled'), 0) AS billed,
		  COALESCE(sum(b.completed_value) FILTER (WHERE b.state = 'approved'), 0) AS approved,
		  COALESCE(sum(b.payable) FILTER (WHERE b.state = 'approved'), 0) AS payable,
		  COALESCE(sum(b.advance_recovered) FILTER (WHERE b.state = 'approved'), 0) AS recovered
		FROM contract c JOIN package g ON g.id = c.package_id JOIN project p ON p.id = c.project_id LEFT JOIN bill b ON b.contract_id = c.id
		WHERE c.id = $1 GROUP BY c.id, p.code, g.field`, contract); err != nil {
		return f, err
	}
	var err error
	f.Site, err = s.site(ctx, f.ProjectID)
	return f, err
}

// site measures the land of a work: the handed over is what has a step of hand-over that was not withdrawn.
func (s store) site(ctx context.Context, project id.Project) (Site, error) {
	var site Site
	err := s.q.GetContext(ctx, &site, `SELECT p.clearance AS recovers, COALESCE(sum(l.recovered_area), 0) AS total,
		  COALESCE(sum(l.recovered_area) FILTER (WHERE EXISTS (SELECT 1 FROM case_step h WHERE h.case_id = l.id AND h.kind = 'handover' AND h.withdrawn_at IS NULL)), 0) AS handed_over,
		  EXISTS (SELECT 1 FROM plan x WHERE x.project_id = p.id AND x.state = 'approved') AS planned
		FROM project p LEFT JOIN land_case l ON l.project_id = p.id WHERE p.id = $1 GROUP BY p.id`, project)
	return site, err
}

// Site is the land of a contract's work, for the page. The caller has got the contract through Get.
func (r Contracts) Site(ctx context.Context, c Contract) (Site, error) {
	return store{r.DB.Read(ctx)}.site(ctx, c.ProjectID)
}

// AdvanceCheck tells whether a contract may have an advance on a day; outstanding is the advance with the one asked for, less what is recovered.
// Refuses: contract.missing, contract.not_active, more than the contract agrees on, and above the limit of the law (1 billion) an advance that
// living guarantees do not cover, always with both figures. It joins the caller's transaction and holds the contract until its end.
// Whether the site is handed over is told by Facts: the law of 2023 did not make it a condition, so it is shown and not refused.
func (r Contracts) AdvanceCheck(ctx context.Context, contract id.Contract, outstanding vnd.Amount, today day.Date) error {
	return r.DB.Run(ctx, func(ctx context.Context) error {
		s := store{r.DB.Write(ctx)}
		if err := s.exec(ctx, `SELECT 1 FROM contract WHERE id = $1 FOR NO KEY UPDATE`, contract); err != nil {
			return err
		}
		c, err := s.byID(ctx, contract)
		if err != nil {
			return err
		}
		if c.State != Active {
			return ErrNotActive
		}
		agreed, err := vnd.MulDiv(c.Value, int64(c.AdvanceBP), wholeBP)
		if err != nil {
			return err
		}
		if outstanding > agreed {
			return fault.Conflicting("contract.advance_above", c.Code, outstanding, agreed)
		}
		return r.guaranteed(ctx, s, c, outstanding, today)
	})
}

func (r Contracts) guaranteed(ctx context.Context, s store, c Contract, outstanding vnd.Amount, today day.Date) error {
	rules, err := r.Legal.AllOn(ctx, legal.Investment, today)
	if err != nil {
		return err
	}
	limit, known := rules[legal.AdvanceGuaranteeFrom]
	if !known || int64(outstanding) <= limit.Value {
		return nil
	}
	var covered vnd.Amount
	if err := s.q.GetContext(ctx, &covered, `SELECT COALESCE(sum(e.amount), 0) FROM guarantee e WHERE e.contract_id = $1 AND e.kind = 'advance'
		  AND $2::date BETWEEN e.valid_from AND e.expires_on AND (e.released_on IS NULL OR e.released_on > $2::date)
		  AND NOT EXISTS (SELECT 1 FROM guarantee l WHERE l.replaces = e.id AND l.valid_from <= $2::date)`, c.ID, today); err != nil {
		return err
	}
	if covered < outstanding {
		return fault.Conflicting("contract.advance_guarantee", c.Code, outstanding, covered, vnd.Amount(limit.Value))
	}
	return nil
}
