package landsheet

import (
	"strings"

	"matbang/internal/land"
	"matbang/internal/region"
	"matbang/internal/sheet"
)

// wholeShare is 100 % in basis points: a file knows one person a holder.
const wholeShare = 10000

// draft is a case on its way out of the file; its rows are those of its parcels, in the same order.
type draft struct {
	in   land.NewCase
	rows []sheet.Row
	code string // once it is written
}

// person tells holders apart within a file: by code, else by name and identity number.
type person struct{ code, name, identity string }

// numbered tells whether the person is the same wherever it stands in the file, also in another work.
func (p person) numbered() bool { return p.code != "" || p.identity != "" }

type heldIn struct {
	project string
	person
}

// reading gathers rows into cases.
type reading struct {
	wards   []word
	project string
	drafts  []*draft
	byKey   map[heldIn]*draft
	persons map[person]sheet.Row // first row of each numbered person
	faults  []sheet.Fault
}

// convert makes cases out of rows, and lists what is wrong with them in the eyes of the file alone. Rows that already have a fault are
// left out: their cells are not to be relied on. When a whole column is missing, no row is judged: each would only repeat it.
func convert(rows []sheet.Row, wards []region.Ward, project string, found []sheet.Fault) ([]*draft, []sheet.Fault) {
	broken := map[int]bool{}
	for _, f := range found {
		if f.Code == "sheet.column_missing" {
			return nil, nil
		}
		broken[f.Row] = true
	}
	r := &reading{wards: wardWords(wards), project: project, byKey: map[heldIn]*draft{}, persons: map[person]sheet.Row{}}
	for _, row := range rows {
		if !broken[row.Number] {
			r.add(row)
		}
	}
	r.checkNames()
	for _, d := range r.drafts {
		r.checkIdentity(d)
	}
	return r.drafts, r.faults
}

func (r *reading) refuse(row sheet.Row, key, code string, args ...any) {
	r.faults = append(r.faults, row.Fault(key, code, args...))
}

func (r *reading) add(row sheet.Row) {
	code := row.Text("project")
	if code == "" {
		code = r.project
	}
	if r.project != "" && code != r.project {
		r.refuse(row, "project", "landsheet.project_other", r.project)
		return
	}
	who := personOf(row)
	if who.code == "" && who.name == "" {
		r.refuse(row, "name", "landsheet.holder_needed")
		return
	}
	r.checkPerson(who, row)
	key := heldIn{code, who}
	d, begun := r.byKey[key]
	if !begun {
		d = &draft{in: land.NewCase{Project: code, HolderCode: who.code}}
		r.drafts, r.byKey[key] = append(r.drafts, d), d
	}
	r.join(d, row)
}

func personOf(row sheet.Row) person {
	if code := strings.ToUpper(row.Text("holder_code")); code != "" {
		return person{code: code}
	}
	return person{name: strings.ToLower(spaces(row.Text("name"))), identity: bare(row.Text("identity_no"))}
}

func spaces(s string) string { return strings.Join(strings.Fields(s), " ") }

// bare is a text without any spaces, as numbers are compared.
func bare(s string) string { return strings.Join(strings.Fields(s), "") }

// ofPerson are the columns that must say the same wherever one person stands; ofCase those that must agree within one case.
func ofPerson() []string {
	return []string{"kind", "name", "state", "residence", "address", "phone", "identity_no", "bank_name", "account_no"}
}

func ofCase() []string { return []string{"ward", "opened_on"} }

// checkPerson compares a row with the first one of the same person; empty cells say nothing.
func (r *reading) checkPerson(who person, row sheet.Row) {
	if !who.numbered() {
		return
	}
	first, begun := r.persons[who]
	if !begun {
		r.persons[who] = row
		return
	}
	r.agree(first, row, ofPerson())
}

func (r *reading) agree(first, row sheet.Row, keys []string) {
	for _, key := range keys {
		there, here := first.Text(key), row.Text(key)
		if there != "" && here != "" && !strings.EqualFold(bare(there), bare(here)) {
			r.refuse(row, key, "landsheet.rows_disagree", first.Number, there)
		}
	}
}

// join adds a row's parcel to its case and fills what the rows before left empty.
func (r *reading) join(d *draft, row sheet.Row) {
	if len(d.rows) > 0 {
		r.agree(d.rows[0], row, ofCase())
		if who := personOf(row); !who.numbered() {
			r.agree(d.rows[0], row, ofPerson())
		}
	}
	d.rows = append(d.rows, row)
	in := &d.in
	in.Parcels = append(in.Parcels, land.Parcel{MapSheet: row.Text("map_sheet"), Number: row.Text("number"), LandCode: row.Text("land_code"),
		Area: row.Value("area").Area, Recovered: row.Value("recovered").Area})
	fill(&in.Ward, codeOf(r.wards, row.Text("ward")))
	if in.OpenedOn.IsZero() {
		in.OpenedOn = row.Value("opened_on").Day
	}
	if note := row.Text("note"); note != "" && !strings.Contains(in.Note, note) {
		in.Note = strings.TrimPrefix(in.Note+"; "+note, "; ")
	}
	if in.HolderCode == "" {
		r.joinHolder(&in.Holder, row)
	}
}

func (r *reading) joinHolder(h *land.HolderInput, row sheet.Row) {
	fill(&h.Kind, codeOf(kinds(), row.Text("kind")))
	fill(&h.Name, row.Text("name"))
	fill(&h.State, codeOf(states(), row.Text("state")))
	fill(&h.Ward, codeOf(r.wards, row.Text("residence")))
	fill(&h.Address, row.Text("address"))
	fill(&h.Phone, row.Text("phone"))
	if len(h.Parties) == 0 {
		h.Parties = []land.Party{{FullName: h.Name, Relation: "owner", ShareBP: wholeShare}}
	}
	p := &h.Parties[0]
	fill(&p.IdentityNo, row.Text("identity_no"))
	fill(&p.BankName, row.Text("bank_name"))
	fill(&p.AccountNo, row.Text("account_no"))
}

func fill(field *string, text string) {
	if *field == "" {
		*field = text
	}
}

// checkNames refuses rows that name somebody without code or number while another row of the work gives the same name with one: they may be
// one person or two, and only the author of the file knows.
func (r *reading) checkNames() {
	type named struct{ project, name string }
	surely := map[named]int{}
	for _, d := range r.drafts {
		name := strings.ToLower(spaces(d.rows[0].Text("name")))
		if at := (named{d.in.Project, name}); personOf(d.rows[0]).numbered() && name != "" && surely[at] == 0 {
			surely[at] = d.rows[0].Number
		}
	}
	for _, d := range r.drafts {
		who := personOf(d.rows[0])
		if row := surely[named{d.in.Project, who.name}]; !who.numbered() && row > 0 {
			for _, at := range d.rows {
				r.refuse(at, "identity_no", "landsheet.same_name", row)
			}
		}
	}
}

// checkIdentity refuses lengths that come from a spreadsheet dropping the zeros at the front: every citizen's number begins with one.
func (r *reading) checkIdentity(d *draft) {
	if d.in.HolderCode != "" || len(d.in.Holder.Parties) == 0 {
		return
	}
	n := len(bare(d.in.Holder.Parties[0].IdentityNo))
	if lost := n == 10 || n == 11; lost && (d.in.Holder.Kind == "household" || d.in.Holder.Kind == "individual") {
		for _, row := range d.rows {
			if row.Has("identity_no") {
				r.refuse(row, "identity_no", "landsheet.identity_zero", n)
			}
		}
	}
}
