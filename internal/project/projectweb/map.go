package projectweb

import (
	"strconv"
	"strings"

	"matbang/internal/project"
)

// Sizes of a map, in tenths of the drawing's pixels: whole numbers all the way, as everywhere.
const (
	mapWidth, mapHeight = 7200, 4800
	mapMargin           = 260
	mapLeast            = 20_000 // decimetres that a map of one work is wide at least
)

// mapView is works drawn north up on a plane: no tiles, nothing from the internet.
type mapView struct {
	Width, Height int
	Dots          []mapDot
	Lines         []mapLine
	BarX, BarEnd  int
	BarY, BarText int // BarText in metres
	North         int
}

type mapMark struct {
	Code, Name, State, Href string
	On                      bool // the work the page is about
}

type mapDot struct {
	mapMark
	X, Y, R int
}

type mapLine struct {
	mapMark
	Points string
}

// plane turns degrees into decimetres east and south of a corner. One millionth of a degree of latitude is 1.107 dm hereabouts, one of
// longitude 1.113 dm times the cosine of the latitude: right to some metres across a city, which is what a drawing of this size shows.
type plane struct{ north, west, cosine int64 }

func (p plane) at(v project.Vertex) (x, y int64) {
	return (v.Lon - p.west) * 1113 * p.cosine / 10_000_000, (p.north - v.Lat) * 1107 / 1000
}

// cosines of whole degrees of latitude, 6 to 23, in ten thousandths.
func cosine(lat int64) int64 {
	table := [...]int64{9945, 9925, 9903, 9877, 9848, 9816, 9781, 9744, 9703, 9659, 9613, 9563, 9511, 9455, 9397, 9336, 9272, 9205}
	return table[min(max(lat/1_000_000-6, 0), int64(len(table)-1))]
}

// draw puts works on a map. With a focus (a code) the map shows that work and what lies around it, else all of them.
func draw(spots []project.Spot, focus string) *mapView {
	south, west, north, east := box(spots, focus)
	if north < south {
		return nil
	}
	p := plane{north, west, cosine((north + south) / 2)}
	width, height := p.at(project.Vertex{Lat: south, Lon: east})
	span := max(width, height*mapWidth/mapHeight, 1)
	if focus != "" {
		span = max(span*2, mapLeast)
	}
	const inner = mapWidth - 2*mapMargin
	left, top := (span-width)/2, (span*mapHeight/mapWidth-height)/2
	m := &mapView{Width: mapWidth, Height: mapHeight}
	place := func(v project.Vertex) (int, int) {
		x, y := p.at(v)
		return int((x+left)*inner/span) + mapMargin, int((y+top)*inner/span) + mapMargin
	}
	for _, s := range spots {
		m.add(s, s.Code == focus, place)
	}
	m.bar(span, inner)
	return m
}

// box is the smallest box around the work in focus, or around all. Without any place north lies south of south.
func box(spots []project.Spot, focus string) (south, west, north, east int64) {
	south, west, north, east = 1<<40, 1<<40, -1, -1
	for _, s := range spots {
		if focus != "" && s.Code != focus {
			continue
		}
		for _, v := range s.Place.Vertices {
			south, north, west, east = min(south, v.Lat), max(north, v.Lat), min(west, v.Lon), max(east, v.Lon)
		}
	}
	return south, west, north, east
}

// add draws a work unless it lies wholly outside.
func (m *mapView) add(s project.Spot, on bool, place func(project.Vertex) (int, int)) {
	mark := mapMark{s.Code, s.Name, string(s.State), "/projects/" + s.Code, on}
	points, inside := make([]string, 0, len(s.Place.Vertices)), false
	var x, y int
	for _, v := range s.Place.Vertices {
		x, y = place(v)
		inside = inside || x >= 0 && x <= m.Width && y >= 0 && y <= m.Height
		points = append(points, strconv.Itoa(x)+","+strconv.Itoa(y))
	}
	switch {
	case !inside:
	case len(points) > 1:
		m.Lines = append(m.Lines, mapLine{mark, strings.Join(points, " ")})
	case on:
		m.Dots = append(m.Dots, mapDot{mark, x, y, 85})
	default:
		m.Dots = append(m.Dots, mapDot{mark, x, y, 55})
	}
}

// bar is the longest round length that fits a quarter of the width.
func (m *mapView) bar(span, inner int64) {
	lengths := [...]int64{10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000}
	best := lengths[0]
	for _, metres := range lengths {
		if metres*10*inner/span <= mapWidth/4 {
			best = metres
		}
	}
	m.BarX, m.BarY, m.BarText = mapMargin, mapHeight-mapMargin/2-40, int(best)
	m.BarEnd, m.North = mapMargin+int(best*10*inner/span), mapWidth-mapMargin
}
