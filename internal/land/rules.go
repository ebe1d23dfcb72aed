package land

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"matbang/internal/area"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
)

// wholeShare is 100 % in basis points.
const wholeShare = 10000

// Kinds, States and Relations are what a form offers.
func Kinds() []string { return []string{"household", "individual", "organisation"} }

// States of a holder: present, absent (cannot be reached), deceased (heirs not yet settled).
func States() []string { return []string{"present", "absent", "deceased"} }

// Relations of a party to its holder.
func Relations() []string { return []string{"owner", "co_owner", "heir", "representative"} }

var (
	holderCodeForm = regexp.MustCompile(`^[A-Z0-9][A-Z0-9.-]{1,29}$`)
	identityForm   = regexp.MustCompile(`^[0-9]{9,13}$`) // identity card 9, citizen's number 12, tax code 10 or 13
	accountForm    = regexp.MustCompile(`^[0-9A-Za-z.-]{4,30}$`)
	landCodeForm   = regexp.MustCompile(`^[A-Z]{3}$`)
)

// fields collects what is wrong with one row of input.
type fields []fault.Field

func (f *fields) add(name, code string, args ...any) {
	*f = append(*f, fault.Field{Name: name, Code: code, Args: args})
}

func (f *fields) check(ok bool, name, code string, args ...any) {
	if !ok {
		f.add(name, code, args...)
	}
}

// tidy writes a holder's texts the way they are kept.
func (in HolderInput) tidy() HolderInput {
	in.Code, in.Name = strings.ToUpper(strings.TrimSpace(in.Code)), spaces(in.Name)
	in.Address, in.Phone = spaces(in.Address), spaces(in.Phone)
	if in.State == "" {
		in.State = "present"
	}
	in.Parties = slices.Clone(in.Parties)
	for i, p := range in.Parties {
		p.FullName, p.BankName, p.AccountName = spaces(p.FullName), spaces(p.BankName), spaces(p.AccountName)
		p.IdentityNo, p.AccountNo = strings.ReplaceAll(p.IdentityNo, " ", ""), strings.ReplaceAll(p.AccountNo, " ", "")
		in.Parties[i] = p
	}
	return in
}

// check lists what is wrong with an entered holder; prefix stands before the names of its fields.
func (in HolderInput) check(prefix string) []fault.Field {
	var f fields
	f.check(in.Code == "" || holderCodeForm.MatchString(in.Code), prefix+"code", "land.holder_code_form")
	f.check(in.Name != "", prefix+"name", "required")
	f.check(slices.Contains(Kinds(), in.Kind), prefix+"kind", "choose")
	f.check(slices.Contains(States(), in.State), prefix+"state", "choose")
	f.check(in.Ward != "", prefix+"ward", "choose")
	total := 0
	for i, p := range in.Parties {
		f = append(f, p.check(fmt.Sprintf("%sparties.%d.", prefix, i))...)
		total += p.ShareBP
	}
	f.check(len(in.Parties) > 0, prefix+"parties", "land.party_needed")
	f.check(len(in.Parties) == 0 || total == wholeShare, prefix+"parties", "land.shares_whole", percent(total))
	return f
}

func (p Party) check(prefix string) []fault.Field {
	var f fields
	f.check(p.FullName != "", prefix+"full_name", "required")
	f.check(slices.Contains(Relations(), p.Relation), prefix+"relation", "choose")
	f.check(p.ShareBP >= 0 && p.ShareBP <= wholeShare, prefix+"share", "land.share_range")
	f.check(p.IdentityNo == "" || identityForm.MatchString(p.IdentityNo), prefix+"identity_no", "land.identity_form")
	f.check(p.AccountNo == "" || accountForm.MatchString(p.AccountNo), prefix+"account_no", "land.account_form")
	return f
}

// percent writes basis points exactly: 9950 → "99,50 %".
func percent(bp int) string { return fmt.Sprintf("%d,%02d %%", bp/100, bp%100) }

func spaces(s string) string { return strings.Join(strings.Fields(s), " ") }

// tidy writes a case's texts the way they are kept: parcel numbers without spaces, codes in capitals.
func (in NewCase) tidy(today day.Date) NewCase {
	if in.OpenedOn.IsZero() {
		in.OpenedOn = today
	}
	in.HolderCode = strings.ToUpper(strings.TrimSpace(in.HolderCode))
	in.Holder, in.Note, in.Parcels = in.Holder.tidy(), strings.TrimSpace(in.Note), tidyParcels(in.Parcels)
	return in
}

func tidyParcels(parcels []Parcel) []Parcel {
	tidied := slices.Clone(parcels)
	for i, p := range tidied {
		p.MapSheet, p.LandCode = strings.ToUpper(spaces(p.MapSheet)), strings.ToUpper(strings.TrimSpace(p.LandCode))
		p.Number = strings.ToUpper(strings.Join(strings.Fields(p.Number), ""))
		tidied[i] = p
	}
	return tidied
}

// check lists what is wrong with a new case before the database is asked.
func (in NewCase) check(today day.Date) []fault.Field {
	var f fields
	f.check(in.Project != "", "project", "choose")
	f.check(in.Ward != "", "ward", "choose")
	f.check(!in.OpenedOn.After(today), "opened_on", "day_future")
	if in.HolderCode == "" {
		f = append(f, in.Holder.check("holder.")...)
	}
	return append(f, checkParcels(in.Parcels)...)
}

func checkParcels(parcels []Parcel) []fault.Field {
	var f fields
	f.check(len(parcels) > 0, "parcels", "land.parcel_needed")
	seen := map[Parcel]bool{}
	for i, p := range parcels {
		prefix := fmt.Sprintf("parcels.%d.", i)
		f = append(f, p.check(prefix)...)
		part := Parcel{MapSheet: p.MapSheet, Number: p.Number, LandCode: p.LandCode}
		f.check(!seen[part], prefix+"number", "land.parcel_twice")
		seen[part] = true
	}
	return f
}

func (p Parcel) check(prefix string) []fault.Field {
	var f fields
	f.check(p.MapSheet != "", prefix+"map_sheet", "required")
	f.check(p.Number != "", prefix+"number", "required")
	f.check(p.Area > 0, prefix+"area", "land.area_positive")
	f.check(p.Recovered > 0, prefix+"recovered", "land.area_positive")
	f.check(landCodeForm.MatchString(p.LandCode), prefix+"land_code", "land.land_code_form")
	return f
}

func recovered(parcels []Parcel) area.Area {
	var sum area.Area
	for _, p := range parcels {
		sum += p.Recovered
	}
	return sum
}

// farm are the codes of agricultural land (Law 45/2013 art. 10.1, Law 31/2024 art. 9.2 and the land statistics circulars).
func farm(code string) bool {
	return slices.Contains([]string{"LUA", "LUC", "LUK", "LUN", "HNK", "BHK", "NHK", "COC", "CLN", "LNC", "LNQ", "LNK", "RSX", "RSN", "RST", "RSK", "RSM",
		"RPH", "RPN", "RPT", "RPK", "RPM", "RDD", "RDN", "RDT", "RDK", "RDM", "NTS", "TSL", "TSN", "LMU", "NKH", "CNT"}, code)
}

// onlyFarm tells whether all land of a case is agricultural: otherwise the longer notice period holds for the whole case.
func onlyFarm(landCodes []string) bool {
	return len(landCodes) > 0 && !slices.ContainsFunc(landCodes, func(code string) bool { return !farm(code) })
}

// parcelKey is a parcel by what is written on its paper.
type parcelKey struct {
	ward          id.Ward
	sheet, number string
}

// held is a parcel as the database knows it: its area, and what other cases recover from it.
type held struct {
	ID   id.Parcel
	Area area.Area
	Used area.Area
}

// want is one parcel line of one case: at is its place in the case, row the case's place in the input.
type want struct {
	row, at int
	key     parcelKey
	Parcel
}

// fit checks parcel lines against the parcels that are known: the area must agree as soon as somebody else's case stands on the parcel,
// and together no more is recovered than there is.
func fit(wants []want, known map[parcelKey]held) []RowFault {
	var faults []RowFault
	area, sum := map[parcelKey]area.Area{}, map[parcelKey]area.Area{}
	for _, w := range wants {
		h := known[w.key]
		refuse := func(field, code string, args ...any) {
			faults = append(faults, RowFault{w.row, fault.Field{Name: fmt.Sprintf("parcels.%d.%s", w.at, field), Code: code, Args: args}})
		}
		if _, begun := area[w.key]; !begun {
			area[w.key], sum[w.key] = w.Area, h.Used
			if h.Used > 0 {
				area[w.key] = h.Area
			}
		}
		if area[w.key] != w.Area {
			refuse("area", "land.parcel_area_differs", area[w.key])
			continue
		}
		sum[w.key] += w.Recovered
		if sum[w.key] > w.Area {
			refuse("recovered", "land.parcel_over", w.Area, max(w.Area-(sum[w.key]-w.Recovered), 0))
		}
	}
	return faults
}
