package webkit

// Chart is a curve or bars, drawn by the page's script and shown as a table without it. Data are whole numbers; nil where there is none.
type Chart struct {
	Kind, Title, XTitle string
	Unit                string // vnd | bp | int
	X                   []string
	Series              []Series
}

// Series is one line of a chart, as long as its X.
type Series struct {
	Name   string
	Data   []any
	Dashed bool
}

// Bar is one step of a waterfall; Start and Width in thousandths of the whole.
type Bar struct {
	Label, Kind  string // Kind: total | minus | plus | gap
	Value        any
	Start, Width int64
	Href, Note   string
}
