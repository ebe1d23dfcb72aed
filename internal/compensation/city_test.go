package compensation

import (
	"context"
	"fmt"
	"testing"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/invariant"
	"matbang/internal/ledger"
	"matbang/internal/postgres"
	"matbang/internal/postgres/pgtest"
)

// city is a small city: two units with a work each, three cases in the first work, one in the second.
type city struct {
	t                                    *testing.T
	db                                   *postgres.DB
	room                                 Compensation
	unit, otherUnit                      id.Unit
	drafter, second, stranger            actor.Actor
	appraiser, leader, leader2, allInOne actor.Actor
}

var today = day.Must("2023-12-31") //nolint:gochecknoglobals // the test's business day

func newCity(t *testing.T) *city {
	t.Helper()
	db := pgtest.Open(t)
	c := &city{t: t, db: db, room: Compensation{DB: db, Log: audit.Log{DB: db}, Ledger: ledger.Ledger{DB: db}}}
	c.exec(`INSERT INTO ward (code, name, kind, valid_from) VALUES ('01840', 'Đức Xuân', 'ward', '2015-01-01');
		INSERT INTO unit (code, name, kind) VALUES ('A', 'Đơn vị A', 'clearance'), ('B', 'Đơn vị B', 'clearance');
		INSERT INTO rule_set (code, name, valid_from, basis) VALUES ('2013', 'Luật Đất đai 2013', '2014-07-01', 'x'), ('2024', 'Luật Đất đai 2024', '2024-08-01', 'x')`)
	c.unit, c.otherUnit = id.Unit(c.one(`SELECT id FROM unit WHERE code = 'A'`)), id.Unit(c.one(`SELECT id FROM unit WHERE code = 'B'`))
	draft := map[actor.Permission]actor.Reach{Read: actor.Unit, Draft: actor.Unit}
	all := map[actor.Permission]actor.Reach{Read: actor.All, Draft: actor.All, Appraise: actor.All, Approve: actor.All}
	c.drafter, c.second, c.stranger = c.person("lan", c.unit, draft), c.person("minh", c.unit, draft), c.person("nga", c.otherUnit, draft)
	c.appraiser = c.person("tham", c.unit, map[actor.Permission]actor.Reach{Read: actor.All, Appraise: actor.All})
	leader := map[actor.Permission]actor.Reach{Read: actor.All, Approve: actor.All}
	c.leader, c.leader2 = c.person("chu", c.unit, leader), c.person("pho", c.unit, leader)
	c.allInOne = c.person("kiem", c.unit, all)
	c.project("7000001", c.unit)
	c.project("7000002", c.otherUnit)
	for i, area := range []string{"300.00", "120.50", "80.00"} {
		c.landCase(fmt.Sprintf("HS%d", i+1), "7000001", area)
	}
	c.landCase("HS9", "7000002", "50.00")
	return c
}

func (c *city) exec(query string, args ...any) {
	c.t.Helper()
	if _, err := c.db.Pool().Exec(query, args...); err != nil {
		c.t.Fatalf("%s: %v", query, err)
	}
}

func (c *city) one(query string, args ...any) int64 {
	c.t.Helper()
	var n int64
	if err := c.db.Pool().QueryRow(query, args...).Scan(&n); err != nil {
		c.t.Fatalf("%s: %v", query, err)
	}
	return n
}

func (c *city) person(name string, unit id.Unit, grants map[actor.Permission]actor.Reach) actor.Actor {
	n := c.one(`INSERT INTO app_user (username, full_name, password_hash, unit_id) VALUES ($1, $1, '', $2) RETURNING id`, name, int64(unit))
	return actor.Actor{ID: id.User(n), Username: name, Name: name, Unit: unit, Grants: grants}
}

func (c *city) project(code string, unit id.Unit) {
	c.exec(`INSERT INTO project (code, name, group_code, sector, unit_id, investor, start_year, end_year, total_investment, state, clearance, changed_by)
		VALUES ($1, 'Đường ' || $1, 'C', 'transport', $2, 'UBND', 2023, 2024, 1000000000, 'building', true, $3)`, code, int64(unit), int64(c.drafter.ID))
}

func (c *city) landCase(code, project, recovered string) {
	c.exec(`WITH h AS (INSERT INTO holder (code, kind, name, ward_id, changed_by) SELECT 'H' || $1, 'household', 'Nguyễn Thị ' || $1, w.id, $4 FROM ward w RETURNING id, ward_id),
		hp AS (INSERT INTO holder_party (holder_id, full_name, relation, share_bp) SELECT id, 'Nguyễn', 'owner', 10000 FROM h)
		INSERT INTO land_case (code, project_id, holder_id, ward_id, rule_set, recovered_area, opened_on, changed_by)
		SELECT $1, p.id, h.id, h.ward_id, '2013', $3::numeric, '2023-01-02', $4 FROM h, project p WHERE p.code = $2`, code, project, recovered, int64(c.drafter.ID))
}

// sample is two awards: 300 m² with a house and a deduction, 120.5 m² of bare land.
func sample() []AwardInput {
	return []AwardInput{
		{"HS1", []Line{line(Land, 30_000, 1_000_000, 10000), line(Structure, 100, 50_000_000, 8000), line(Deduction, 100, 25_000_000, 10000)}},
		{"HS2", []Line{line(Land, 12_050, 1_000_001, 10000)}},
	}
}

const (
	sampleTotal    = 340_000_000 + 120_500_121 // 120.5 × 1,000,001 = 120,500,120.5
	sampleDeducted = 25_000_000
)

func (c *city) plan(who actor.Actor) string {
	c.t.Helper()
	code, err := c.room.CreatePlan(c.t.Context(), who, NewPlan{Project: "7000001", Name: "Phương án đợt 1", RuleSet: "2013", Awards: sample()}, today)
	c.must(err)
	return code
}

func (c *city) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *city) version(code string) int {
	return int(c.one(`SELECT version FROM plan WHERE code = $1`, code))
}

func (c *city) submitted() string {
	code := c.plan(c.drafter)
	c.must(c.room.Submit(c.t.Context(), c.drafter, code, c.version(code)))
	return code
}

func (c *city) appraised() string {
	code := c.submitted()
	c.must(c.room.Appraise(c.t.Context(), c.appraiser, code, c.version(code), "5/BC-TĐ"))
	return code
}

func decision() Decision {
	return Decision{"321/QĐ-UBND", day.Must("2023-12-20"), day.Must("2023-12-25")}
}

func (c *city) approved() string {
	c.t.Helper()
	code := c.appraised()
	_, err := c.room.Approve(c.t.Context(), c.leader, code, c.version(code), decision(), "key-"+code, today)
	c.must(err)
	return code
}

// verify fails for every invariant of the plans and the book that does not hold.
func (c *city) verify() {
	c.t.Helper()
	for _, fault := range c.broken() {
		c.t.Error(fault)
	}
}

func (c *city) broken() []string {
	c.t.Helper()
	results, err := invariant.RunAll(context.Background(), c.db, append(Invariants(), ledger.Invariants()...))
	c.must(err)
	var out []string
	for _, r := range results {
		for _, f := range r.Faults {
			out = append(out, r.Name+": "+f)
		}
	}
	return out
}
