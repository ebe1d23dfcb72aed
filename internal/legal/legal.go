// Package legal keeps the law as dated data: rule sets a file follows (Law 2013, Law 2024, …), single values with their source, rest days,
// and the pure rules of counting days and late payment. A value that is not there is refused, never guessed.
package legal

import (
	"context"
	"database/sql"
	"errors"

	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/tx"
)

// Keys of the values rooms ask for. Units stand with the values.
const (
	PaymentDays      = "payment_days"            // calendar days to pay, from the base paper's effective day (Law 45/2013 art. 93.1, Law 31/2024 art. 94.3)
	PaymentBase      = "payment_clock"           // 0 = from the recovery decision (2013), 1 = from the decision approving the plan (2024)
	NoticeDaysFarm   = "notice_days_farm"        // days between notice and recovery decision, agricultural land
	NoticeDaysOther  = "notice_days_other"       // the same, other land
	PostingDays      = "posting_days"            // days a draft plan is posted
	LateRate         = "late_rate_per_10000"     // basis points of the late amount per day: 3 is 0.03 %
	LateWithPayDay   = "late_counts_payment_day" // 1 = the day of payment counts as late, 0 = it does not
	PersonsDelayFree = "late_person_free"        // 1 = nothing is owed for a delay that is the person's own (absent, refused, disputed), 0 = it is
	basisPointsWhole = 10000

	SecondApprovalFrom = "second_approval_from" // office: đồng from which a payout order needs a second approval
	ReturnFeeMost      = "return_fee_most"      // office: the most đồng that a bank sending money back may have kept for it to count as a fee
	ResultByOtherFrom  = "result_by_other_from" // office: đồng from which another than the maker of its order tells by hand what became of a payment
)

// Set is a body of rules that a file follows from its beginning to its end, chosen per file and never by the day alone.
type Set struct {
	Code      string   `db:"code" json:"code" yaml:"code"`
	Subject   Subject  `db:"subject" json:"subject" yaml:"subject"`
	Name      string   `db:"name" json:"name" yaml:"name"`
	ValidFrom day.Date `db:"valid_from" json:"valid_from" yaml:"valid_from"`
	ValidTo   day.Date `db:"valid_to" json:"valid_to" yaml:"valid_to"`
	Basis     string   `db:"basis" json:"basis" yaml:"basis"`
}

// Subject is what a rule set is about.
type Subject string

// The subjects. Office is a house rule of the city, not a law: limits its own officers chose and may change by a new dated row.
const (
	Land       Subject = "land"
	Investment Subject = "investment"
	Office     Subject = "office"
)

// Rule is one value of a set between two days (both inside), with the article it comes from. Confirmed is false where the
// text of the law was not seen.
type Rule struct {
	RuleSet   string   `db:"rule_set" json:"rule_set" yaml:"rule_set"`
	Key       string   `db:"key" json:"key" yaml:"key"`
	Value     int64    `db:"value" json:"value" yaml:"value"`
	Unit      string   `db:"unit" json:"unit" yaml:"unit"`
	ValidFrom day.Date `db:"valid_from" json:"valid_from" yaml:"valid_from"`
	ValidTo   day.Date `db:"valid_to" json:"valid_to" yaml:"valid_to"`
	Basis     string   `db:"basis" json:"basis" yaml:"basis"`
	Confirmed bool     `db:"confirmed" json:"confirmed" yaml:"confirmed"`
}

// Rules is the room: reads for everybody, Put… for reference data.
type Rules struct{ DB tx.DB }

// Sets lists the rule sets about land, oldest first.
func (r Rules) Sets(ctx context.Context) ([]Set, error) {
	sets := []Set{}
	err := r.DB.Read(ctx).SelectContext(ctx, &sets,
		`SELECT code, subject, name, valid_from, valid_to, basis FROM rule_set WHERE subject = 'land' ORDER BY valid_from, code LIMIT 500`)
	return sets, err
}

// SetOn is the set that a file beginning on a day follows unless somebody chooses another. Refuses: legal.no_set.
func SetOn(sets []Set, on day.Date) (Set, error) {
	for i := len(sets) - 1; i >= 0; i-- {
		s := sets[i]
		if !s.ValidFrom.After(on) && (s.ValidTo.IsZero() || !s.ValidTo.Before(on)) {
			return s, nil
		}
	}
	return Set{}, fault.Conflicting("legal.no_set", on)
}

const ruleColumns = `rule_set, key, value, unit, valid_from, valid_to, basis, confirmed`

// Value is the value of a key in a set on a day. Refuses: legal.no_rule when there is none; there are no defaults in law.
func (r Rules) Value(ctx context.Context, ruleSet, key string, on day.Date) (Rule, error) {
	var rule Rule
	err := r.DB.Read(ctx).GetContext(ctx, &rule,
		`SELECT `+ruleColumns+` FROM legal_rule
		 WHERE rule_set = $1 AND key = $2 AND valid_from <= $3 AND (valid_to IS NULL OR valid_to >= $3)
		 ORDER BY valid_from DESC LIMIT 1`, ruleSet, key, on)
	if errors.Is(err, sql.ErrNoRows) {
		return rule, fault.Conflicting("legal.no_rule", key, ruleSet, on)
	}
	return rule, err
}

// On is the value of a key among the rules of a subject on a day, whichever set it stands in. Refuses: legal.no_rule.
func (r Rules) On(ctx context.Context, about Subject, key string, on day.Date) (Rule, error) {
	values, err := r.AllOn(ctx, about, on)
	if err != nil {
		return Rule{}, err
	}
	rule, found := values[key]
	if !found {
		return Rule{}, fault.Conflicting("legal.no_rule", key, about, on)
	}
	return rule, nil
}

// AllOn is every value of a subject on a day, by key; of two rows that both hold, the newer one.
func (r Rules) AllOn(ctx context.Context, about Subject, on day.Date) (map[string]Rule, error) {
	rows := []Rule{}
	err := r.DB.Read(ctx).SelectContext(ctx, &rows,
		`SELECT l.rule_set, l.key, l.value, l.unit, l.valid_from, l.valid_to, l.basis, l.confirmed
		 FROM legal_rule l JOIN rule_set s ON s.code = l.rule_set
		 WHERE s.subject = $1 AND l.valid_from <= $2 AND (l.valid_to IS NULL OR l.valid_to >= $2) ORDER BY l.valid_from, l.id LIMIT 500`, about, on)
	rules := make(map[string]Rule, len(rows))
	for _, rule := range rows {
		rules[rule.Key] = rule
	}
	return rules, err
}

// All lists every value of a set, for the page that shows on what figures stand.
func (r Rules) All(ctx context.Context, ruleSet string) ([]Rule, error) {
	rules := []Rule{}
	err := r.DB.Read(ctx).SelectContext(ctx, &rules,
		`SELECT `+ruleColumns+` FROM legal_rule WHERE rule_set = $1 ORDER BY key, valid_from LIMIT 500`, ruleSet)
	return rules, err
}

// Rates are the late-payment rates of a set that touch the days from…to. A day without one is found by Surcharge, not here.
func (r Rules) Rates(ctx context.Context, ruleSet string, from, to day.Date) ([]Rate, error) {
	rules := []Rule{}
	err := r.DB.Read(ctx).SelectContext(ctx, &rules,
		`SELECT `+ruleColumns+` FROM legal_rule
		 WHERE rule_set = $1 AND key = $2 AND valid_from <= $4 AND (valid_to IS NULL OR valid_to >= $3) ORDER BY valid_from LIMIT 500`,
		ruleSet, LateRate, from, to)
	rates := make([]Rate, 0, len(rules))
	for _, rule := range rules {
		rates = append(rates, Rate{From: rule.ValidFrom, To: rule.ValidTo, BasisPoints: rule.Value, Basis: rule.Basis})
	}
	return rates, err
}

// Calendar reads the rest days that are known; Saturdays and Sundays need no row.
func (r Rules) Calendar(ctx context.Context) (Calendar, error) {
	var days []day.Date
	err := r.DB.Read(ctx).SelectContext(ctx, &days, `SELECT day FROM rest_day ORDER BY day`)
	return NewCalendar(days...), err
}

// PutSet adds a rule set or corrects it. Reference data: safe to repeat.
func (r Rules) PutSet(ctx context.Context, s Set) error {
	return r.put(ctx, `INSERT INTO rule_set (code, subject, name, valid_from, valid_to, basis) VALUES ($1,COALESCE(NULLIF($2, ''), 'land'),$3,$4,$5,$6)
		ON CONFLICT (code) DO UPDATE SET subject = EXCLUDED.subject, name = EXCLUDED.name, valid_from = EXCLUDED.valid_from, valid_to = EXCLUDED.valid_to, basis = EXCLUDED.basis`,
		s.Code, s.Subject, s.Name, s.ValidFrom, s.ValidTo, s.Basis)
}

// PutRule adds a value or corrects the one of the same set, key and first day. Reference data: safe to repeat.
func (r Rules) PutRule(ctx context.Context, rule Rule) error {
	return r.put(ctx, `INSERT INTO legal_rule (rule_set, key, value, unit, valid_from, valid_to, basis, confirmed) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)
		ON CONFLICT (rule_set, key, valid_from) DO UPDATE SET value = EXCLUDED.value, unit = EXCLUDED.unit, valid_to = EXCLUDED.valid_to,
		  basis = EXCLUDED.basis, confirmed = EXCLUDED.confirmed`,
		rule.RuleSet, rule.Key, rule.Value, rule.Unit, rule.ValidFrom, rule.ValidTo, rule.Basis, rule.Confirmed)
}

// PutRestDay adds a rest day or corrects its name. Reference data: safe to repeat.
func (r Rules) PutRestDay(ctx context.Context, d day.Date, name string) error {
	return r.put(ctx, `INSERT INTO rest_day (day, name) VALUES ($1, $2) ON CONFLICT (day) DO UPDATE SET name = EXCLUDED.name`, d, name)
}

func (r Rules) put(ctx context.Context, query string, args ...any) error {
	return r.DB.Run(ctx, func(ctx context.Context) error {
		_, err := r.DB.Write(ctx).ExecContext(ctx, query, args...)
		return err
	})
}
