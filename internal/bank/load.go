package bank

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/fault"
)

// Load reads a file by the account's profile and keeps it. Lines an earlier statement brought already are counted and not loaded twice;
// refused are the same file a second time (bank.loaded_already), a file that cannot be read or does not prove (ReadFile), one without balances
// (bank.no_balance: nothing would prove that it is whole), another currency than VND, and a file that names another account than this one.
func (b Bank) Load(ctx context.Context, who actor.Actor, account, fileName string, content []byte) (Statement, error) {
	return b.LoadBy(ctx, who, account, "", fileName, content)
}

// LoadBy is Load by a named profile; an empty name means the account's own. The last statement of the file is answered.
func (b Bank) LoadBy(ctx context.Context, who actor.Actor, account, profile, fileName string, content []byte) (Statement, error) {
	all, err := b.LoadFile(ctx, who, account, profile, Bytes(fileName, content))
	if err != nil {
		return Statement{}, err
	}
	return all[len(all)-1], nil
}

// LoadFile is LoadBy for a file that need not be in memory: lines go to the database as they are read, all in one transaction, which is given up
// when the file does not prove. Of a file with statements of several accounts those of this one are kept, the oldest first.
func (b Bank) LoadFile(ctx context.Context, who actor.Actor, account, profile string, f File) ([]Statement, error) {
	if _, err := who.Require(Import); err != nil {
		return nil, err
	}
	file, err := look(f)
	if err != nil {
		return nil, err
	}
	var loaded []Statement
	err = b.DB.Run(ctx, func(ctx context.Context) error {
		loaded = nil
		s := store{b.DB.Write(ctx)}
		a, err := s.lockAccount(ctx, account)
		if err != nil {
			return err
		}
		p, err := s.profile(ctx, cmp.Or(profile, a.Profile))
		if err != nil {
			return err
		}
		if err := s.refuseKnownFile(ctx, a.ID, file.hash); err != nil {
			return err
		}
		l := loading{ctx: ctx, s: s, account: a, mapping: p.Mapping}
		if err := l.read(file, p); err != nil {
			return err
		}
		for i, part := range l.parts {
			one, err := l.keep(file, i+1, part, who)
			if err != nil {
				return refuse(err)
			}
			loaded = append(loaded, one)
			if err := b.Log.Write(ctx, event(who, account, one)); err != nil {
				return err
			}
		}
		return nil
	})
	return loaded, err
}

func event(who actor.Actor, account string, s Statement) audit.Event {
	after := map[string]any{"file": s.FileName, "lines": s.LineCount, "known": s.KnownCount, "opening": s.Opening, "closing": s.Closing}
	if s.LeftOut > 0 {
		after["left_out"] = s.LeftOut
	}
	if s.Gap != nil {
		after["gap"] = s.Gap.Difference
	}
	return audit.Event{Actor: who, Act: "statement.import", ObjectKind: "account", ObjectCode: account, After: after}
}

// loading takes the lines of one account's statements to where they wait for the proof.
type loading struct {
	ctx     context.Context //nolint:containedctx // lives as long as the act
	s       store
	account Account
	mapping Mapping
	parts   []part
	foreign error // why the first statement of another account was passed over
	own     bool  // the statement at hand is this account's
	number  int
	batch   []staged
}

// part is a statement that waits to be kept.
type part struct {
	number int
	head   Head
}

func (l *loading) read(file source, p Profile) error {
	if err := l.s.stage(l.ctx); err != nil {
		return err
	}
	if _, _, err := file.read([]Profile{p}, l); err != nil {
		return err
	}
	if len(l.parts) == 0 {
		return l.foreign
	}
	slices.SortStableFunc(l.parts, func(x, y part) int { return x.head.From.Sub(y.head.From) })
	return l.s.analyzeStage(l.ctx)
}

// Begin passes over the statement of another account. Refuses another currency.
func (l *loading) Begin(h Head) error {
	l.own = h.belongsTo(l.account)
	if !l.own {
		if l.foreign == nil {
			l.foreign = fault.InvalidField("file", "bank.other_account", h.Account, l.account.Code)
		}
		return nil
	}
	l.number++
	if h.Currency != "VND" && h.Currency != "" {
		return fault.InvalidField("file", "bank.currency", h.Currency)
	}
	return nil
}

// Take keeps a line until there are enough for one trip to the database.
func (l *loading) Take(m Movement) error {
	if !l.own {
		return nil
	}
	amount, ok := m.Amount.Dong()
	if !ok {
		return fault.InvalidField("file", "bank.fraction", m.Line, m.Amount.String())
	}
	l.batch = append(l.batch, staged{l.number, m, amount})
	if len(l.batch) < batch {
		return nil
	}
	return l.flush()
}

func (l *loading) flush() error {
	if len(l.batch) == 0 {
		return nil
	}
	err := l.s.addStaged(l.ctx, l.batch)
	l.batch = l.batch[:0]
	return err
}

// End asks for what proves a statement.
func (l *loading) End(h Head) error {
	if !l.own {
		return nil
	}
	if h.Currency != "VND" {
		return fault.InvalidField("file", "bank.currency", h.Currency)
	}
	if !h.hasOpening() || !h.hasClosing() {
		return fault.InvalidField("file", "bank.no_balance", cmp.Or(l.mapping.OpeningLabel, "OPBD / :60F:"), cmp.Or(l.mapping.ClosingLabel, "CLBD / :62F:"))
	}
	for _, e := range []Exact{h.Opening, h.Closing, h.Credits, h.Debits} {
		if _, ok := e.Dong(); !ok {
			return fault.InvalidField("file", "bank.fraction", 0, e.String())
		}
	}
	l.parts = append(l.parts, part{l.number, h})
	return l.flush()
}

// keep makes a statement of what waits, with those of its lines that no earlier one brought.
func (l *loading) keep(file source, place int, p part, who actor.Actor) (Statement, error) {
	apart, err := l.s.apart(l.ctx, l.account.ID, p)
	if err != nil {
		return Statement{}, err
	}
	statement, err := l.s.keep(l.ctx, l.account, file, place, p, apart, who.ID)
	if err != nil {
		return Statement{}, err
	}
	one, err := l.s.statement(l.ctx, statement)
	if err != nil {
		return one, err
	}
	one.LeftOut = p.head.LeftOut
	gaps, err := l.s.gaps(l.ctx, l.account.ID)
	for _, g := range gaps {
		if g.Statement == statement {
			one.Gap = &g
		}
	}
	return one, err
}

// belongsTo tells whether a statement may be that of an account. A masked number ("0011****89") says nothing.
func (h Head) belongsTo(a Account) bool {
	in, own := accountSigns(h.Account), accountSigns(a.Number)
	return in == "" || own == "" || in == own
}

var accountForm = regexp.MustCompile(`^[0-9][0-9A-Za-z.\- ]*[0-9]`)

// accountSigns is an account number without the points and spaces that each paper sets differently; empty when the text is none.
func accountSigns(text string) string {
	if strings.ContainsAny(text, "*•") {
		return ""
	}
	return strings.NewReplacer(".", "", "-", "", " ", "").Replace(accountForm.FindString(text))
}
