package app

import (
	"context"
	"fmt"
	"io/fs"

	"gopkg.in/yaml.v3"

	"matbang/internal/bank"
	"matbang/internal/capital"
	"matbang/internal/legal"
	"matbang/internal/payout"
	"matbang/internal/region"
	"matbang/seeds"
)

// LoadReference loads wards, law, sources of funding and statement profiles: safe to repeat, one transaction.
func (a *App) LoadReference(ctx context.Context) error {
	files, err := fs.Sub(seeds.Files, "reference")
	if err != nil {
		return err
	}
	r := a.Rooms
	return a.DB.Run(ctx, func(ctx context.Context) error {
		if err := each(files, "wards.csv", func(row record) error {
			return r.Regions.Put(ctx, region.Ward{Code: row.text("code"), Name: row.text("name"), Kind: row.text("kind"),
				ValidFrom: row.day("valid_from"), ValidTo: row.day("valid_to")}, row.text("successor_code"))
		}); err != nil {
			return err
		}
		if err := a.loadLaw(ctx, files); err != nil {
			return err
		}
		if err := each(files, "funding_sources.csv", func(row record) error {
			return r.Capital.PutSource(ctx, capital.Source{Code: row.text("code"), Name: row.text("name"), Rank: row.int("rank")})
		}); err != nil {
			return err
		}
		if err := a.loadBanks(ctx, files); err != nil {
			return err
		}
		return a.loadProfiles(ctx, files)
	})
}

// loadBanks loads the numbers of banks and the layouts of their files of many transfers.
func (a *App) loadBanks(ctx context.Context, files fs.FS) error {
	if err := each(files, "banks.csv", func(row record) error {
		return a.Rooms.Payouts.PutBank(ctx, payout.BankNumber{BIN: row.text("bin"), Name: row.text("name"), Alias: row.text("alias"),
			ValidFrom: row.day("valid_from"), ValidTo: row.day("valid_to"), Basis: row.text("basis"), Confirmed: row.flag("confirmed")})
	}); err != nil {
		return err
	}
	data, err := fs.ReadFile(files, "transfer_layouts.yaml")
	if err != nil {
		return err
	}
	var layouts []payout.Layout
	if err := yaml.Unmarshal(data, &layouts); err != nil {
		return fmt.Errorf("seeds: transfer_layouts.yaml: %w", err)
	}
	for _, l := range layouts {
		if err := a.Rooms.Payouts.PutLayout(ctx, l); err != nil {
			return err
		}
	}
	return nil
}

func (a *App) loadLaw(ctx context.Context, files fs.FS) error {
	law := a.Rooms.Legal
	if err := each(files, "rule_sets.csv", func(row record) error {
		return law.PutSet(ctx, legal.Set{Code: row.text("code"), Subject: legal.Subject(row.text("subject")), Name: row.text("name"), ValidFrom: row.day("valid_from"),
			ValidTo: row.day("valid_to"), Basis: row.text("basis")})
	}); err != nil {
		return err
	}
	if err := each(files, "legal_rules.csv", func(row record) error {
		return law.PutRule(ctx, legal.Rule{RuleSet: row.text("rule_set"), Key: row.text("key"), Value: int64(row.int("value")), Unit: row.text("unit"),
			ValidFrom: row.day("valid_from"), ValidTo: row.day("valid_to"), Basis: row.text("basis"), Confirmed: row.flag("confirmed")})
	}); err != nil {
		return err
	}
	return each(files, "rest_days.csv", func(row record) error { return law.PutRestDay(ctx, row.day("day"), row.text("name")) })
}

func (a *App) loadProfiles(ctx context.Context, files fs.FS) error {
	data, err := fs.ReadFile(files, "statement_profiles.yaml")
	if err != nil {
		return err
	}
	var profiles []bank.Profile
	if err := yaml.Unmarshal(data, &profiles); err != nil {
		return fmt.Errorf("seeds: statement_profiles.yaml: %w", err)
	}
	for _, p := range profiles {
		if err := a.Rooms.Bank.PutProfile(ctx, p); err != nil {
			return err
		}
	}
	return nil
}
