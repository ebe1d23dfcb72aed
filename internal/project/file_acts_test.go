package project_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"matbang/internal/day"
	"matbang/internal/invariant"
	"matbang/internal/listing"
	"matbang/internal/project"
	"matbang/internal/vnd"
)

func kindOf(kind, number, on string, total vnd.Amount) project.Decision {
	d := decision(number, on, total)
	d.Kind = kind
	return d
}

func (w *world) file(code string) project.File {
	w.t.Helper()
	f, err := w.File(w.t.Context(), w.leader, code, w.today)
	w.must(err)
	return f
}

// holds asks every invariant of the room.
func (w *world) holds() {
	w.t.Helper()
	results, err := invariant.RunAll(context.Background(), w.db, project.Invariants())
	w.must(err)
	for _, r := range results {
		if len(r.Faults) > 0 {
			w.t.Errorf("%s: %v", r.Name, r.Faults)
		}
	}
}

func (w *world) capital(code string, year int, amount vnd.Amount) {
	w.t.Helper()
	w.sql(`INSERT INTO funding_source (code, name, rank) VALUES ('city', 'Ngân sách', 1) ON CONFLICT DO NOTHING`)
	w.sql(`INSERT INTO capital_line (project_id, year, source, kind, amount, decision_number, decided_on, authority, recorded_by)
		SELECT id, $2::int, 'city', 'assigned', $3, 'KH ' || $2::int, make_date($2::int - 1, 12, 20), 'HĐND', changed_by FROM project WHERE code = $1`, code, year, amount)
}

// contract signs a contract of a work; with a day of completion it is accepted too.
func (w *world) contract(code, field, signed, completed string) {
	w.t.Helper()
	w.sql(`INSERT INTO contractor (name, tax_code, changed_by) SELECT 'Nhà thầu', '0123456789', $1 WHERE NOT EXISTS (SELECT 1 FROM contractor)`, w.lan.ID)
	w.sql(`INSERT INTO package (project_id, code, name, field, method, estimate, decision_number, decided_on, authority, changed_by)
		SELECT id, upper($2::text), 'Gói', $2::text, 'open', 100, '1', $3, 'Ban', $4 FROM project WHERE code = $1`, code, field, signed, w.lan.ID)
	w.sql(`INSERT INTO contract (code, package_id, project_id, contractor_id, number, signed_on, kind, original_value, value, starts_on, original_ends_on, ends_on, changed_by, recorded_by)
		SELECT 'HD-' || p.code || '-' || k.code, k.id, p.id, (SELECT min(id) FROM contractor), k.code, $3::date, 'lump_sum', 100, 100, $3::date, '2025-12-31', '2025-12-31', $4, $4
		FROM project p JOIN package k ON k.project_id = p.id AND k.code = upper($2::text) WHERE p.code = $1`, code, field, signed, w.lan.ID)
	if completed != "" {
		w.sql(`INSERT INTO acceptance (contract_id, number, kind, accepted_on, value, recorded_by) SELECT id, 'BB', 'completion', $2, 0, $3 FROM contract WHERE code = $1`,
			"HD-"+code+"-"+strings.ToUpper(field), completed, w.lan.ID)
	}
}

func TestWhatChangesMidwayIsAVersion(t *testing.T) {
	w := newWorld(t)
	in := input("0041207", "Đường")
	p := w.create(w.lan, in)
	for _, c := range []struct {
		why  string
		do   func(*project.Input)
		want string
	}{
		{"only the note: no day asked", func(in *project.Input) { in.Note = "x" }, ""},
		{"a new name without a day", func(in *project.Input) { in.Name = "Đường B" }, "valid_from project.valid_from_needed"},
		{"from tomorrow", func(in *project.Input) { in.Name, in.ValidFrom, in.Reason = "Đường B", w.today.Add(1), "x" }, "valid_from day_future"},
		{"from before the first version", func(in *project.Input) { in.Name, in.ValidFrom, in.Reason = "Đường B", day.Must("2021-12-31"), "x" }, "valid_from project.valid_from_before"},
		{"without a reason", func(in *project.Input) { in.Investor, in.ValidFrom = "Phường", w.today }, "reason project.reason_needed"},
		{"an unknown ward", func(in *project.Input) {
			in.WardCodes, in.ValidFrom, in.Reason = []string{"99999"}, w.today, "x"
		}, "ward_codes project.ward_unknown"},
		{"another state", func(in *project.Input) { in.State = project.Completed }, "state project.state_by_phase"},
		{"investor and ward", func(in *project.Input) {
			in.Investor, in.WardCodes, in.ValidFrom, in.Reason = "Phường", []string{"01840", "01843"}, day.Must("2023-03-01"), "mở rộng"
		}, ""},
		{"a slip mended on the same day", func(in *project.Input) {
			in.Investor, in.WardCodes, in.ValidFrom, in.Reason = "UBND phường", []string{"01843", "01840"}, day.Must("2023-03-01"), "gõ sai"
		}, ""},
	} {
		changed := in
		c.do(&changed)
		p, _ = w.Get(t.Context(), w.lan, "0041207")
		if got := codeOf(w.Update(t.Context(), w.lan, p.Version, changed, w.today)); got != c.want {
			t.Errorf("%s: %q, want %q", c.why, got, c.want)
		}
	}
	f := w.file("0041207")
	if len(f.Versions) != 3 || f.Versions[2].Wards != "Phường Đức Xuân, Phường Sông Cầu" || f.Versions[2].Reason != "gõ sai" {
		t.Errorf("versions %+v", f.Versions)
	}
	for on, want := range map[string]string{"2020-01-01": "Ban QLDA 01840", "2023-02-28": "Ban QLDA 01840", "2023-03-01": "UBND phường 01840,01843", "2030-01-01": "UBND phường 01840,01843"} {
		var got string
		if w.get(&got, `SELECT investor || ' ' || array_to_string(ward_codes, ',') FROM project_as_of($1)`, on); got != want {
			t.Errorf("on %s it is %s, want %s", on, got, want)
		}
	}
	for _, statement := range []string{`UPDATE project_version SET name = 'x'`, `DELETE FROM project_version`, `UPDATE project_phase SET reason = 'x'`, `DELETE FROM project_phase`} {
		if w.try(statement) == nil {
			t.Errorf("%s is allowed", statement)
		}
	}
	w.holds()
}

func TestAUnitHandsItsWorkOver(t *testing.T) {
	w := newWorld(t)
	p := w.create(w.lan, input("0041207", "Đường"))
	in := input("0041207", "Đường")
	in.Unit, in.ValidFrom, in.Reason = "KHAC", w.today, "bàn giao"
	w.must(w.Update(t.Context(), w.lan, p.Version, in, w.today))
	if _, err := w.Get(t.Context(), w.lan, "0041207"); codeOf(err) != "project.missing" {
		t.Errorf("the unit that gave it away still sees it: %v", err)
	}
	if p, err := w.Get(t.Context(), w.minh, "0041207"); err != nil || p.UnitCode != "KHAC" {
		t.Errorf("got %+v, %v", p, err)
	}
	w.holds()
}

// A code used again after a merger means the ward of the day from which the work lies there.
func TestAWardIsTheOneOfTheDay(t *testing.T) {
	w := newWorld(t)
	w.sql(`UPDATE ward SET valid_to = '2025-06-30' WHERE code = '01840'`)
	w.sql(`INSERT INTO ward (code, name, kind, valid_from) VALUES ('01840', 'Phường Bắc Kạn', 'ward', '2025-07-01')`)
	if p := w.create(w.lan, input("0041207", "Đường")); p.Wards != "Phường Đức Xuân" {
		t.Errorf("a work of 2022 lies in %s", p.Wards)
	}
	w.today = day.Must("2026-01-31")
	later := input("0041208", "Cầu")
	later.StartYear, later.EndYear = 2026, 2027
	if p := w.create(w.lan, later); p.Wards != "Phường Bắc Kạn" {
		t.Errorf("a work of 2026 lies in %s", p.Wards)
	}
	renamed := input("0041207", "Đường mới")
	renamed.ValidFrom, renamed.Reason = w.today, "đổi tên"
	w.must(w.Update(t.Context(), w.lan, 1, renamed, w.today))
	if p, _ := w.Get(t.Context(), w.leader, "0041207"); p.Wards != "Phường Đức Xuân" {
		t.Errorf("a new name moved the work to %s", p.Wards)
	}
}

func TestALifeThroughItsGates(t *testing.T) {
	w := newWorld(t)
	in := input("0041207", "Đường")
	in.State, in.StateSince = project.Preparing, day.Must("2022-01-05")
	w.create(w.lan, in)
	open := func(phase project.Phase, on string) string {
		p, err := w.Get(t.Context(), w.lan, "0041207")
		w.must(err)
		return codeOf(w.OpenPhase(t.Context(), w.lan, "0041207", p.Version, phase, project.Entry{On: day.Must(on)}, w.today))
	}
	for _, c := range []struct {
		why   string
		do    func()
		phase project.Phase
		on    string
		want  string
		state project.State
	}{
		{"no policy decision", nil, project.PhaseInvestment, "2022-02-01", "project.gate", project.Preparing},
		{"before the phase before", func() {
			w.must(w.AddDecision(t.Context(), w.lan, "0041207", kindOf("policy", "1/NQ", "2022-01-04", 10), w.today))
		},
			project.PhaseInvestment, "2022-01-04", "entered_on project.phase_before", project.Preparing},
		{"opened", nil, project.PhaseInvestment, "2022-02-01", "", project.Preparing},
		{"the same again", nil, project.PhaseInvestment, "2022-02-01", "project.phase_order", project.Preparing},
		{"a phase left out", nil, project.PhaseConstruction, "2022-02-01", "project.phase_order", project.Preparing},
		{"opened", func() {
			w.must(w.AddDecision(t.Context(), w.lan, "0041207", kindOf("investment", "2/QĐ", "2022-03-01", 1000), w.today))
		},
			project.PhaseProcurement, "2022-03-02", "", project.Preparing},
		{"advice is no contract to build", func() { w.contract("0041207", "consulting", "2022-05-01", ""); w.capital("0041207", 2022, 100) },
			project.PhaseConstruction, "2022-05-02", "project.gate", project.Preparing},
		{"in a year without capital", func() { w.contract("0041207", "works", "2022-06-01", "2023-05-20") }, project.PhaseConstruction, "2023-06-02", "project.gate", project.Preparing},
		{"in the future", nil, project.PhaseConstruction, "2024-06-02", "entered_on day_future", project.Preparing},
		{"opened", nil, project.PhaseConstruction, "2022-06-02", "", project.Building},
		{"the day before completion", nil, project.PhaseHandover, "2023-05-19", "project.gate", project.Building},
		{"finished before the planned year", nil, project.PhaseHandover, "2023-05-20", "", project.Completed},
		{"opened", nil, project.PhaseSettlement, "2023-06-20", "", project.Completed},
		{"without a settlement decision", nil, project.PhaseClosed, "2023-11-02", "project.gate", project.Completed},
		{"closed", func() {
			w.must(w.AddDecision(t.Context(), w.lan, "0041207", kindOf("settlement", "9/QĐ", "2023-11-01", 900), w.today))
		},
			project.PhaseClosed, "2023-11-02", "", project.Completed},
	} {
		if c.do != nil {
			c.do()
		}
		if got := open(c.phase, c.on); got != c.want {
			t.Errorf("%s (%s on %s): %q, want %q", c.why, c.phase, c.on, got, c.want)
		}
		if f := w.file("0041207"); f.Project.State != c.state {
			t.Errorf("%s: the work is %s", c.why, f.Project.State)
		}
	}
	f := w.file("0041207")
	if f.Project.TotalInvestment != 1000 || f.Next != "" || len(f.Phases) != 7 {
		t.Errorf("the settlement changed the total to %s, or phases %+v", f.Project.TotalInvestment, f.Phases)
	}
	w.holds()
}

func TestASuspendedWorkStandsStill(t *testing.T) {
	w := newWorld(t)
	w.create(w.lan, input("0041207", "Đường"))
	w.contract("0041207", "works", "2022-06-01", "2023-05-20")
	act := func(do func(version int) error) string {
		p, err := w.Get(t.Context(), w.lan, "0041207")
		w.must(err)
		return codeOf(do(p.Version))
	}
	entry := func(on, reason string) project.Entry { return project.Entry{On: day.Must(on), Reason: reason} }
	suspend := func(e project.Entry) func(int) error {
		return func(v int) error { return w.Suspend(t.Context(), w.lan, "0041207", v, e, w.today) }
	}
	resume := func(e project.Entry) func(int) error {
		return func(v int) error { return w.Resume(t.Context(), w.lan, "0041207", v, e, w.today) }
	}
	for _, c := range []struct {
		why  string
		do   func(int) error
		want string
	}{
		{"going on while it goes on", resume(entry("2023-02-01", "x")), "project.cannot_resume"},
		{"without a reason", suspend(entry("2023-02-01", " ")), "reason required"},
		{"an old page", func(int) error { return w.Suspend(t.Context(), w.lan, "0041207", 0, entry("2023-02-01", "x"), w.today) }, "changed_meanwhile"},
		{"another unit's planner", func(v int) error {
			return w.Suspend(t.Context(), w.minh, "0041207", v, entry("2023-02-01", "x"), w.today)
		}, "project.missing"},
		{"stopped", suspend(entry("2023-02-01", "chờ vốn")), ""},
		{"stopped twice", suspend(entry("2023-02-02", "x")), "project.cannot_suspend"},
		{"the next phase of a work that stands still", func(v int) error {
			return w.OpenPhase(t.Context(), w.lan, "0041207", v, project.PhaseHandover, entry("2023-06-01", ""), w.today)
		}, "project.suspended"},
		{"going on before it stopped", resume(entry("2023-01-31", "x")), "entered_on project.phase_before"},
		{"going on", resume(entry("2023-04-01", "đã có vốn")), ""},
		{"the next phase", func(v int) error {
			return w.OpenPhase(t.Context(), w.lan, "0041207", v, project.PhaseHandover, entry("2023-06-01", ""), w.today)
		}, ""},
		{"stopping what is finished", suspend(entry("2023-07-01", "x")), "project.cannot_suspend"},
	} {
		if got := act(c.do); got != c.want {
			t.Errorf("%s: %q, want %q", c.why, got, c.want)
		}
		w.holds()
	}
}

func TestTheTotalStaysAboveWhatIsAssigned(t *testing.T) {
	w := newWorld(t)
	w.create(w.lan, input("0041207", "Đường")) // 10 billion
	w.capital("0041207", 2022, 4_000_000_000)
	w.capital("0041207", 2023, 3_000_000_000)
	if got := codeOf(w.AddDecision(t.Context(), w.lan, "0041207", decision("1/QĐ", "2023-03-01", 6_999_999_999), w.today)); got != "total_investment project.below_assigned" {
		t.Errorf("one đồng below: %q", got)
	}
	w.must(w.AddDecision(t.Context(), w.lan, "0041207", decision("1/QĐ", "2023-03-01", 7_000_000_000), w.today))
	w.must(w.AddDecision(t.Context(), w.lan, "0041207", decision("0/QĐ", "2023-02-01", 1), w.today)) // an older one changes nothing now
	w.must(w.AddDecision(t.Context(), w.lan, "0041207", kindOf("settlement", "9/QĐ", "2023-12-01", 5), w.today))
	if f := w.file("0041207"); f.Project.TotalInvestment != 7_000_000_000 {
		t.Errorf("the total is %s", f.Project.TotalInvestment)
	}
	if got := codeOf(w.AddDecision(t.Context(), w.lan, "0041207", decision("2/QĐ", "2023-12-02", 8_000_000_000), w.today)); got != "decided_on project.decision_after" {
		t.Errorf("an adjustment after the settlement: %q", got)
	}
	w.holds()
}

// Two persons at once open the same phase and record two adjustments: one phase, both decisions, one total.
func TestTwoAtOnce(t *testing.T) {
	w := newWorld(t)
	in := input("0041207", "Đường")
	in.State, in.StateSince = project.Preparing, day.Must("2022-01-05")
	p := w.create(w.lan, in)
	w.must(w.AddDecision(t.Context(), w.lan, "0041207", kindOf("policy", "1/NQ", "2022-01-04", 10), w.today))
	var both sync.WaitGroup
	codes := make([]string, 4)
	for i := range 4 {
		both.Go(func() {
			if i < 2 {
				codes[i] = codeOf(w.OpenPhase(context.Background(), w.lan, "0041207", p.Version+1, project.PhaseInvestment, project.Entry{On: day.Must("2022-02-01")}, w.today))
			} else {
				codes[i] = codeOf(w.AddDecision(context.Background(), w.lan, "0041207", kindOf("adjustment", fmt.Sprint(i), "2023-02-01", vnd.Amount(i)), w.today))
			}
		})
	}
	both.Wait()
	opened := 0
	for _, c := range codes[:2] {
		if c == "" {
			opened++
		} else if c != "changed_meanwhile" {
			t.Errorf("refused with %s", c)
		}
	}
	if opened > 1 || codes[2] != "" || codes[3] != "" {
		t.Errorf("got %v", codes)
	}
	w.holds()
}

func TestTheMapAndTheReviewKeepToTheScope(t *testing.T) {
	w := newWorld(t)
	place, err := project.ParsePlace("22,147000 105,834800\n22,150000 105,840000")
	w.must(err)
	in := input("0041207", "Đường")
	in.Place = &place
	p := w.create(w.lan, in)
	far := input("0041208", "Cầu")
	far.Place, far.TotalInvestment = &project.Place{Vertices: []project.Vertex{{Lat: 22_100_000, Lon: 105_800_000}}}, 20_000_000_000
	w.create(w.minh, far)
	for who, want := range map[string]int{"lan": 1, "leader": 2} {
		person := w.lan
		if who == "leader" {
			person = w.leader
		}
		spots, err := w.Map(t.Context(), person, project.Filter{}, listing.Query{})
		if w.must(err); len(spots) != want || spots[0].Place.Text() != place.Text() {
			t.Errorf("%s sees %+v", who, spots)
		}
	}
	answer, err := w.List(t.Context(), w.lan, project.Filter{Today: w.today, Review: true}, listing.Query{})
	if w.must(err); answer.Total != 1 || answer.Items[0].Review == 0 { // no decision at all
		t.Errorf("to review: %+v", answer.Items)
	}
	same := input("0041207", "Đường")
	w.must(w.Update(t.Context(), w.lan, p.Version, same, w.today)) // says nothing of the place
	if f := w.file("0041207"); f.Place.Kind() != "line" {
		t.Error("a change that says nothing of the place took it away")
	}
	same.Place = &project.Place{}
	w.must(w.Update(t.Context(), w.lan, p.Version+1, same, w.today))
	if f := w.file("0041207"); f.Place.Kind() != "" {
		t.Error("the place stays")
	}
}

func TestTheHistoryNamesEveryAct(t *testing.T) {
	w := newWorld(t)
	p := w.create(w.lan, input("0041207", "Đường"))
	w.must(w.Suspend(t.Context(), w.lan, "0041207", p.Version, project.Entry{On: day.Must("2023-02-01"), Reason: "chờ vốn"}, w.today))
	w.must(w.Resume(t.Context(), w.lan, "0041207", p.Version+1, project.Entry{On: day.Must("2023-03-01"), Reason: "có vốn"}, w.today))
	rows, err := w.Log.History(t.Context(), "project", "0041207", 9)
	w.must(err)
	var acts []string
	for _, r := range rows {
		acts = append(acts, strings.TrimSpace(r.Act+" "+r.Reason))
	}
	if !slices.Equal(acts, []string{"project.resume có vốn", "project.suspend chờ vốn", "project.create"}) {
		t.Errorf("log %v", acts)
	}
}
