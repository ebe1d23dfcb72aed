package bank

import (
	"regexp"
	"strconv"
	"strings"
)

var (
	mtCoded   = regexp.MustCompile(`^[0-9]{3}([^0-9A-Za-z ])[0-9]{2}`)
	mtSlashed = regexp.MustCompile(`/(EREF|KREF|PREF|MREF|MARF|CSID|TRTP|IBAN|BIC|NAME|REMI|CNTP|ORDP|BENM|ACCT|RTRN|PURP|ULTB|ULTC|ULTD|ISDT|NRTX|OCMT|CHGS|ADDR|ID)/`)
)

// memo reads what stands about a line: with numbered parts (?20…?33), with words between slashes (/REMI/, /NAME/), or free.
func (r *mtReader) memo(f mtField) {
	l := r.waiting
	if r.ended || l == nil {
		return
	}
	whole := strings.Join(f.text, "")
	switch {
	case mtCoded.MatchString(f.text[0]):
		l.coded(whole[3:], mtCoded.FindStringSubmatch(f.text[0])[1])
	case strings.HasPrefix(f.text[0], "/") && mtSlashed.MatchString(f.text[0]):
		l.slashed(whole)
	default:
		l.Description = squeeze(l.Description + " " + wrapped(f.text))
	}
}

// wrapped puts lines together again: a full line was broken wherever it was full, even inside a word.
func wrapped(lines []string) string {
	var b strings.Builder
	for i, line := range lines {
		if i > 0 && len([]rune(lines[i-1])) < 65 {
			b.WriteByte(' ')
		}
		b.WriteString(line)
	}
	return b.String()
}

func (m *Movement) coded(text, mark string) {
	var memo, name, account, rest strings.Builder
	into := &rest
	for _, part := range strings.Split(text, mark) {
		code, err := -1, strconv.ErrSyntax
		if len(part) >= 2 {
			code, err = strconv.Atoi(part[:2])
		}
		switch {
		case err != nil: // the mark itself, inside a text
			if into.Len() > 0 {
				into.WriteString(mark)
			}
			into.WriteString(part)
			continue
		case code >= 20 && code <= 29 || code >= 60 && code <= 63:
			into = &memo
		case code == 31:
			into = &account
		case code == 32 || code == 33:
			into = &name
		default:
			into = &rest
		}
		into.WriteString(part[2:])
	}
	m.Description, m.Counterparty = squeeze(m.Description+" "+memo.String()), squeeze(name.String())
	m.CounterpartyAccount = squeeze(account.String())
}

func (m *Movement) slashed(text string) {
	marks := mtSlashed.FindAllStringSubmatchIndex(text, -1)
	for i, at := range marks {
		end := len(text)
		if i+1 < len(marks) {
			end = marks[i+1][0]
		}
		value := strings.TrimSuffix(squeeze(text[at[1]:end]), "/")
		switch text[at[2]:at[3]] {
		case "REMI":
			m.Description = squeeze(m.Description + " " + strings.TrimPrefix(strings.TrimPrefix(value, "USTD//"), "STRD//"))
		case "NAME":
			m.Counterparty = value
		case "IBAN", "ACCT":
			m.CounterpartyAccount = value
		case "CNTP": // account/bank/name/place
			parts := append(strings.Split(value, "/"), "", "", "")
			m.CounterpartyAccount, m.Counterparty = parts[0], parts[2]
		case "EREF":
			if m.Reference == "" && value != "NOTPROVIDED" {
				m.Reference = value
			}
		}
	}
}
