package projectweb

import (
	"strings"
	"testing"

	"matbang/internal/project"
)

func spot(code string, vertices ...project.Vertex) project.Spot {
	return project.Spot{Code: code, Name: "Công trình " + code, State: project.Building, Place: project.Place{Vertices: vertices}}
}

func TestNorthIsUpAndEastIsRight(t *testing.T) {
	m := draw([]project.Spot{spot("1", project.Vertex{Lat: 22_100_000, Lon: 105_800_000}), spot("2", project.Vertex{Lat: 22_200_000, Lon: 105_900_000})}, "")
	south, north := m.Dots[0], m.Dots[1]
	if north.Y >= south.Y || north.X <= south.X {
		t.Errorf("south at %d,%d, north at %d,%d", south.X, south.Y, north.X, north.Y)
	}
	for _, d := range m.Dots {
		if d.X < mapMargin || d.X > mapWidth-mapMargin || d.Y < mapMargin || d.Y > mapHeight {
			t.Errorf("%s falls off the map: %d,%d", d.Code, d.X, d.Y)
		}
	}
}

// One hundredth of a degree of longitude in Bắc Kạn is 1,032 m; the bar must agree with the drawing to a hundredth.
func TestTheBarMeasures(t *testing.T) {
	m := draw([]project.Spot{spot("1", project.Vertex{Lat: 22_150_000, Lon: 105_800_000}), spot("2", project.Vertex{Lat: 22_150_000, Lon: 105_810_000})}, "")
	apart, bar := m.Dots[1].X-m.Dots[0].X, m.BarEnd-m.BarX
	if metres := apart * m.BarText / bar; metres < 1022 || metres > 1042 {
		t.Errorf("the bar of %d m says they are %d m apart", m.BarText, metres)
	}
}

func TestAWorkAmongItsNeighbours(t *testing.T) {
	own := project.Vertex{Lat: 22_150_000, Lon: 105_830_000}
	m := draw([]project.Spot{spot("near", project.Vertex{Lat: 22_151_000, Lon: 105_831_000}), spot("far", project.Vertex{Lat: 10_000_000, Lon: 106_000_000}), spot("own", own)}, "own")
	if len(m.Dots) != 2 || m.Dots[1].Code != "own" || !m.Dots[1].On || m.Dots[0].On {
		t.Errorf("got %+v", m.Dots)
	}
	if d := m.Dots[1]; d.X < mapWidth/2-200 || d.X > mapWidth/2+200 {
		t.Errorf("the work stands at %d, not in the middle", d.X)
	}
	if draw(nil, "") != nil || draw([]project.Spot{spot("x")}, "x") != nil {
		t.Error("a map of nothing")
	}
	line := draw([]project.Spot{spot("own", own, project.Vertex{Lat: 22_160_000, Lon: 105_840_000})}, "own").Lines[0]
	if len(strings.Fields(line.Points)) != 2 {
		t.Errorf("a line of %q", line.Points)
	}
}
