package corpus

import (
	"fmt"
	"strings"
)

// Report tells what a corpus holds: lines by kind, by key, and by noise with its keys. It is kept as a file, so that a changed corpus is seen.
func (c Corpus) Report() string {
	var b strings.Builder
	kinds, keys, noises := map[Kind]int{}, map[Key]int{}, map[string]map[Key]int{}
	matching := 0
	for _, t := range c.Truth {
		kinds[t.Kind]++
		if len(t.Parts) > 0 {
			matching++
			keys[t.Key]++
		}
		if noises[t.Noise] == nil {
			noises[t.Noise] = map[Key]int{}
		}
		noises[t.Noise][t.Key]++
	}
	fmt.Fprintf(&b, "seed %d: %d payments, %d lines, %d of them speak of payments\n\nby kind\n", c.Seed, len(c.Payments), len(c.Lines), matching)
	for _, k := range []Kind{Paid, Returned, Fee, Salary, Tax, Other} {
		fmt.Fprintf(&b, "  %-10s %6d\n", k, kinds[k])
	}
	b.WriteString("\nby the surest key\n")
	for _, k := range Keys() {
		if keys[k] > 0 {
			fmt.Fprintf(&b, "  %-10s %6d\n", k, keys[k])
		}
	}
	b.WriteString("\nby noise\n")
	for _, n := range Noises() {
		sum := 0
		var told []string
		for _, k := range Keys() {
			if m := noises[n][k]; m > 0 {
				sum += m
				told = append(told, fmt.Sprintf("%s %d", k, m))
			}
		}
		fmt.Fprintf(&b, "  %-36s %6d  %s\n", n, sum, strings.Join(told, ", "))
	}
	return b.String()
}
