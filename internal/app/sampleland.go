package app

import (
	"context"
	"fmt"

	"matbang/internal/compensation"
	"matbang/internal/day"
	"matbang/internal/land"
)

func (s *sampleCity) holders(ctx context.Context) error {
	parties, err := grouped(s.files, "parties.csv", "holder", func(r record) land.Party {
		return land.Party{FullName: r.text("full_name"), Relation: r.text("relation"), IdentityNo: r.text("identity_no"), ShareBP: r.int("share_bp"),
			BankName: r.text("bank_name"), AccountNo: r.text("account_no"), AccountName: r.text("account_name")}
	})
	if err != nil {
		return err
	}
	var holders []land.HolderInput
	if err := each(s.files, "holders.csv", func(r record) error {
		holders = append(holders, land.HolderInput{Code: r.text("code"), Kind: r.text("kind"), Name: r.text("name"), State: r.text("state"),
			Ward: r.text("ward_code"), Address: r.text("address"), Phone: r.text("phone"), Sample: true, Parties: parties[r.text("code")]})
		return nil
	}); err != nil {
		return err
	}
	_, err = s.Rooms.Land.AddHolders(ctx, s.as("clearance"), holders, s.opening())
	return err
}

// opening is the day before the first case: when the register of holders was taken over.
func (s *sampleCity) opening() day.Date { return day.New(2022, 1, 1) }

type sampleCase struct {
	code string
	land.NewCase
}

func (s *sampleCity) caseEvents() ([]event, error) {
	parcels, err := grouped(s.files, "parcels.csv", "case", func(r record) land.Parcel {
		return land.Parcel{MapSheet: r.text("map_sheet"), Number: r.text("number"), Area: r.area("parcel_area"), LandCode: r.text("land_code"),
			Recovered: r.area("recovered")}
	})
	if err != nil {
		return nil, err
	}
	var cases []sampleCase
	if err := each(s.files, "cases.csv", func(r record) error {
		cases = append(cases, sampleCase{r.text("code"), land.NewCase{Project: r.text("project"), HolderCode: r.text("holder"), Ward: r.text("ward_code"),
			RuleSet: "A-2013", OpenedOn: r.day("opened_on"), Parcels: parcels[r.text("code")], Note: r.text("note"), Sample: true}})
		return nil
	}); err != nil {
		return nil, err
	}
	return byDay(cases, endOfMonth(func(c sampleCase) day.Date { return c.OpenedOn }), rankCase, s.openCases), nil
}

func (s *sampleCity) openCases(ctx context.Context, cases []sampleCase, today day.Date) error {
	inputs := make([]land.NewCase, 0, len(cases))
	for _, c := range cases {
		inputs = append(inputs, c.NewCase)
	}
	codes, err := s.Rooms.Land.OpenCases(ctx, s.as("clearance"), inputs, today)
	if err != nil {
		return err
	}
	for i, c := range cases {
		if codes[i] != c.code {
			return fmt.Errorf("%w: case %s came out as %s", errSampleDiffers, c.code, codes[i])
		}
	}
	return nil
}

func (s *sampleCity) stepEvents() ([]event, error) {
	steps := map[rank][]land.CaseStep{}
	if err := each(s.files, "steps.csv", func(r record) error {
		kind := r.text("kind")
		at := rankStep
		switch kind {
		case "recovery_decision":
			at = rankRecovery
		case "handover":
			at = rankHandover
		}
		steps[at] = append(steps[at], land.CaseStep{Case: r.text("case"), Step: land.Step{Kind: kind, DoneOn: r.day("done_on"),
			EffectiveOn: r.day("effective_on"), DocumentNo: r.text("document_no"), Note: r.text("note")}})
		return nil
	}); err != nil {
		return nil, err
	}
	var events []event
	for at, list := range steps {
		events = append(events, byDay(list, endOfMonth(func(st land.CaseStep) day.Date { return st.DoneOn }), at, func(ctx context.Context, rows []land.CaseStep, today day.Date) error {
			return s.Rooms.Land.RecordSteps(ctx, s.as("clearance"), rows, today)
		})...)
	}
	return events, nil
}

type samplePlan struct {
	code, appraisalNo    string
	submitted, appraised day.Date
	decision             compensation.Decision
	plan                 compensation.NewPlan
}

func (s *sampleCity) planEvents() ([]event, error) {
	awards, err := s.awards()
	if err != nil {
		return nil, err
	}
	var events []event
	err = each(s.files, "plans.csv", func(r record) error {
		p := &samplePlan{code: r.text("code"), appraisalNo: r.text("appraisal_no"), submitted: r.day("submitted_on"), appraised: r.day("appraised_on"),
			decision: compensation.Decision{Number: r.text("decision_no"), DecidedOn: r.day("decided_on"), EffectiveOn: r.day("effective_on")},
			plan:     compensation.NewPlan{Project: r.text("project"), Name: r.text("name"), RuleSet: "A-2013", Awards: awards[r.text("code")]}}
		events = append(events, event{p.submitted, rankPlan, func(ctx context.Context, today day.Date) error { return s.submitPlan(ctx, p, today) }},
			event{p.appraised, rankPlan, func(ctx context.Context, _ day.Date) error { return s.appraisePlan(ctx, p) }},
			event{p.decision.DecidedOn, rankPlan, func(ctx context.Context, today day.Date) error { return s.approvePlan(ctx, p, today) }})
		return nil
	})
	return events, err
}

// awards reads the lines of every award: plan → awards in the order of the file.
func (s *sampleCity) awards() (map[string][]compensation.AwardInput, error) {
	awards := map[string][]compensation.AwardInput{}
	err := each(s.files, "award_lines.csv", func(r record) error {
		plan, code := r.text("plan"), r.text("case")
		list := awards[plan]
		if len(list) == 0 || list[len(list)-1].CaseCode != code {
			list = append(list, compensation.AwardInput{CaseCode: code})
		}
		last := &list[len(list)-1]
		last.Lines = append(last.Lines, compensation.Line{No: r.int("line_no"), Category: compensation.Category(r.text("category")),
			Description: r.text("description"), Unit: r.text("unit"), Quantity: r.area("quantity"), Price: r.money("price"),
			FactorBP: r.int("factor_bp"), Amount: r.money("amount"), Basis: r.text("basis")})
		awards[plan] = list
		return nil
	})
	return awards, err
}

func (s *sampleCity) submitPlan(ctx context.Context, p *samplePlan, today day.Date) error {
	room, who := s.Rooms.Compensation, s.as("clearance")
	code, err := room.CreatePlan(ctx, who, p.plan, today)
	if err != nil {
		return err
	}
	if code != p.code {
		return fmt.Errorf("%w: plan %s came out as %s", errSampleDiffers, p.code, code)
	}
	plan, err := room.Get(ctx, who, code)
	if err != nil {
		return err
	}
	return room.Submit(ctx, who, code, plan.Version)
}

func (s *sampleCity) appraisePlan(ctx context.Context, p *samplePlan) error {
	plan, err := s.Rooms.Compensation.Get(ctx, s.as("appraiser"), p.code)
	if err != nil {
		return err
	}
	return s.Rooms.Compensation.Appraise(ctx, s.as("appraiser"), p.code, plan.Version, p.appraisalNo)
}

func (s *sampleCity) approvePlan(ctx context.Context, p *samplePlan, today day.Date) error {
	plan, err := s.Rooms.Compensation.Get(ctx, s.as("leader"), p.code)
	if err != nil {
		return err
	}
	_, err = s.Rooms.Compensation.Approve(ctx, s.as("leader"), p.code, plan.Version, p.decision, key("approve", p.code), today)
	return err
}
