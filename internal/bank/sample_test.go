package bank

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Every statement of the sample city is read by the profile of its account, and names that account.
func TestSampleStatementsAreRead(t *testing.T) {
	const city = "../../seeds/bac-kan-2023/"
	file, err := os.Open(city + "bank_accounts.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]int{}
	for i, title := range rows[0] {
		at[strings.TrimPrefix(title, "\ufeff")] = i
	}
	read := 0
	for _, row := range rows[1:] {
		account := Account{Code: row[at["code"]], Number: row[at["number"]], Profile: row[at["profile"]]}
		names, err := filepath.Glob(city + "statements/*-" + account.Code + ".csv")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			content, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			p, _, err := one(content, profile(t, account.Profile))
			if err != nil || p.Account == "" || !p.belongsTo(account) {
				t.Errorf("%s (account %q): %v", filepath.Base(name), p.Account, err)
			}
			read++
		}
	}
	if read == 0 {
		t.Error("no statement of the sample city was found")
	}
}
