package bank

// balance is what the file says stood on the account after a line.
type balance struct {
	amount Exact
	text   string
	given  bool
}

// gap is a line whose balance does not follow.
type gap struct {
	row  int
	text string
	want Exact
}

// running follows the balances of the lines in both orders at once, because only the end of a file tells whether it stands oldest or
// newest first. After a break it goes on from what the file says.
type running struct {
	lines             int
	firstDay, lastDay string
	oldest, newest    order
}

// order follows balances in one order.
type order struct {
	breaks []gap
	known  bool  // whether the balance before the next line is known
	at     Exact // that balance; newest first: what was added since the line of last
	sum    Exact // of all lines so far
	first  *seen // first line with a balance
	last   *seen
	broken int
}

// seen is a line that gave a balance, with the sum of the lines up to it and including it.
type seen struct {
	row    int
	text   string
	amount Exact // of the balance
	own    Exact // of the line
	sum    Exact
}

func (o *order) add(g gap) {
	if o.broken++; o.broken <= maxFaultsTold {
		o.breaks = append(o.breaks, g)
	}
}

// from begins with the opening balance, where one stands above the table.
func (r *running) from(h Head) {
	if h.hasOpening() {
		r.oldest.at, r.oldest.known = h.Opening, true
	}
}

func (r *running) follow(m Movement, b balance) {
	if r.lines++; r.lines == 1 {
		r.firstDay = m.Day.String()
	}
	r.lastDay = m.Day.String()
	r.oldest.sum = r.oldest.sum.Add(m.Amount)
	now := seen{m.Line, b.text, b.amount, m.Amount, r.oldest.sum}
	o, n := &r.oldest, &r.newest
	o.at = o.at.Add(m.Amount)
	if !b.given {
		return
	}
	if o.known && !b.amount.Is(o.at) {
		o.add(gap{m.Line, b.text, o.at})
	}
	o.at, o.known = b.amount, true
	if n.last != nil { // newest first: the line above comes after this one
		between := now.sum.Sub(m.Amount).Sub(n.last.sum).Add(n.last.own)
		if want := b.amount.Add(between); !n.last.amount.Is(want) {
			n.add(gap{n.last.row, n.last.text, want})
		}
	}
	if n.first == nil {
		n.first = &now
	}
	n.last = &now
}

// finish chooses the order, tells where balances do not follow, and takes those the file does not state from the lines.
func (r *running) finish(h *Head) []gap {
	first, last, total := r.newest.first, r.newest.last, r.oldest.sum
	if first == nil {
		return nil
	}
	forward := func() (opening, closing Exact) {
		return first.amount.Sub(first.sum), last.amount.Add(total).Sub(last.sum)
	}
	upward := func() (opening, closing Exact) {
		return last.amount.Sub(total).Add(last.sum).Sub(last.own), first.amount.Add(first.sum).Sub(first.own)
	}
	down, up := r.oldest.breaks, r.newest.breaks
	if opening, _ := forward(); h.opening == stated && len(down) == 0 && !opening.Is(h.Opening) {
		down = []gap{{first.row, first.text, h.Opening.Add(first.sum)}}
	}
	if opening, _ := upward(); h.opening == stated && !opening.Is(h.Opening) {
		up = append(up, gap{last.row, last.text, h.Opening.Add(total).Sub(last.sum).Add(last.own)})
	}
	breaks, ends := down, forward
	if r.firstDay > r.lastDay || r.firstDay == r.lastDay && len(down) > 0 && len(up) == 0 {
		breaks, ends = up, upward
	}
	opening, closing := ends()
	if h.opening == unknown {
		h.Opening, h.opening = opening, derived
	}
	if h.closing == unknown {
		h.Closing, h.closing = closing, derived
	}
	return breaks
}
