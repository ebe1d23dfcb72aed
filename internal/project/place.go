package project

import (
	"strconv"
	"strings"

	"matbang/internal/fault"
)

// Bounds of Vietnam with its islands, in millionths of a degree.
const (
	latFrom, latTo = 6_000_000, 23_500_000
	lonFrom, lonTo = 102_000_000, 118_000_000
	maxVertices    = 500
)

// Vertex is a point on the earth, WGS84, in millionths of a degree (about 11 cm): whole numbers, so that what was typed comes back exactly.
// Coordinates of the national system VN-2000 are not converted.
type Vertex struct {
	Lat int64 `json:"lat_micro"`
	Lon int64 `json:"lon_micro"`
}

// Place is where a work lies: one vertex is a point, more are a line.
type Place struct {
	Vertices []Vertex `json:"vertices"`
}

// Kind is "point" or "line"; empty when the place is not known.
func (p Place) Kind() string {
	switch len(p.Vertices) {
	case 0:
		return ""
	case 1:
		return "point"
	default:
		return "line"
	}
}

// Text writes the place as it is typed: one vertex a line, latitude and longitude in degrees with a comma.
func (p Place) Text() string {
	lines := make([]string, 0, len(p.Vertices))
	for _, v := range p.Vertices {
		lines = append(lines, degrees(v.Lat)+" "+degrees(v.Lon))
	}
	return strings.Join(lines, "\n")
}

func degrees(micro int64) string {
	return strconv.FormatInt(micro/1_000_000, 10) + "," + strconv.FormatInt(1_000_000+micro%1_000_000, 10)[1:]
}

// ParsePlace reads one vertex a line, "22,147000 105,834800": latitude, then longitude, in degrees with a comma or a point and any number of
// decimals. Refuses a line that is not two numbers, one outside Vietnam and more than 500 vertices, naming the line.
func ParsePlace(text string) (Place, error) {
	var p Place
	for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
		words := strings.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == '\t' || r == ';' || r == '\r' || r == '\u00a0' })
		if len(words) == 0 {
			continue
		}
		if len(words) != 2 {
			return Place{}, fault.InvalidField("place", "project.place_form", i+1, strings.TrimSpace(line))
		}
		lat, ok := micro(strings.TrimSuffix(words[0], ","))
		lon, also := micro(words[1])
		if !ok || !also {
			return Place{}, fault.InvalidField("place", "project.place_form", i+1, strings.TrimSpace(line))
		}
		p.Vertices = append(p.Vertices, Vertex{lat, lon})
	}
	var w fault.Wrong
	p.check(&w)
	return p, w.Err()
}

// check refuses a place outside Vietnam, the likeliest slip being the two numbers the wrong way round, and one of too many vertices.
func (p Place) check(w *fault.Wrong) {
	w.Check(len(p.Vertices) <= maxVertices, "place", "project.place_long", len(p.Vertices), maxVertices)
	for i, v := range p.Vertices {
		if v.Lat < latFrom || v.Lat > latTo || v.Lon < lonFrom || v.Lon > lonTo {
			w.Add("place", "project.place_range", i+1, degrees(max(v.Lat, 0)), degrees(max(v.Lon, 0)))
			return
		}
	}
}

// micro reads degrees as millionths, rounding what is finer half up; no sign, at most three digits before the comma.
func micro(text string) (int64, bool) {
	whole, part, _ := strings.Cut(strings.Replace(text, ",", ".", 1), ".")
	if len(whole) == 0 || len(whole) > 3 || len(part) > 20 || !digits(whole) || !digits(part) {
		return 0, false
	}
	finer := len(part) > 6 && part[6] >= '5'
	n, err := strconv.ParseInt(whole+(part + "000000")[:6], 10, 64)
	if finer {
		n++
	}
	return n, err == nil
}

func digits(s string) bool {
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return true
}
