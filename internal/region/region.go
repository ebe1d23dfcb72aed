// Package region knows the wards and communes, old and new. A ward is (code, from when): codes are reused after mergers.
package region

import (
	"context"
	"database/sql"
	"errors"

	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/tx"
)

// Ward is a ward (phường) or commune (xã) as it stood between two days. ValidTo is zero while it stands.
type Ward struct {
	ID        id.Ward  `db:"id" json:"-"`
	Code      string   `db:"code" json:"code"`
	Name      string   `db:"name" json:"name"`
	Kind      string   `db:"kind" json:"kind"` // ward | commune
	ValidFrom day.Date `db:"valid_from" json:"valid_from"`
	ValidTo   day.Date `db:"valid_to" json:"valid_to"`
	Successor *id.Ward `db:"successor_id" json:"-"`
}

// Regions reads and fills the register of wards.
type Regions struct{ DB tx.DB }

const wardColumns = `id, code, name, kind, valid_from, valid_to, successor_id`

// On lists the wards that stood on a day, by name.
func (r Regions) On(ctx context.Context, d day.Date) ([]Ward, error) {
	wards := []Ward{}
	err := r.DB.Read(ctx).SelectContext(ctx, &wards,
		`SELECT `+wardColumns+` FROM ward WHERE valid_from <= $1 AND (valid_to IS NULL OR valid_to >= $1)
		 ORDER BY name COLLATE "vi-VN-x-icu" LIMIT 500`, d)
	return wards, err
}

// Put adds a ward, or corrects the one with the same code and first day. Reference data: safe to repeat.
func (r Regions) Put(ctx context.Context, w Ward, successorCode string) error {
	return r.DB.Run(ctx, func(ctx context.Context) error {
		_, err := r.DB.Write(ctx).ExecContext(ctx,
			`INSERT INTO ward (code, name, kind, valid_from, valid_to, successor_id)
			 VALUES ($1, $2, $3, $4, $5, (SELECT id FROM ward WHERE code = $6 ORDER BY valid_from DESC LIMIT 1))
			 ON CONFLICT (code, valid_from) DO UPDATE SET name = EXCLUDED.name, kind = EXCLUDED.kind,
			   valid_to = EXCLUDED.valid_to, successor_id = EXCLUDED.successor_id`,
			w.Code, w.Name, w.Kind, w.ValidFrom, w.ValidTo, successorCode)
		return err
	})
}

// City is who runs this system. A sample city fixes the business day; a real one has none.
type City struct {
	Code        string   `db:"code" yaml:"code"`
	Name        string   `db:"name" yaml:"name"`
	NameEN      string   `db:"name_en" yaml:"name_en"`
	ParentBody  string   `db:"parent_body" yaml:"parent_body"`
	IssuingBody string   `db:"issuing_body" yaml:"issuing_body"`
	Place       string   `db:"place" yaml:"place"`
	Sample      bool     `db:"sample" yaml:"sample"`
	BusinessDay day.Date `db:"business_day" yaml:"business_day"`
}

// City reads who runs this system; the zero City when nobody has said so yet.
func (r Regions) City(ctx context.Context) (City, error) {
	var c City
	err := r.DB.Read(ctx).GetContext(ctx, &c,
		`SELECT code, name, name_en, parent_body, issuing_body, place, sample, business_day FROM city`)
	if errors.Is(err, sql.ErrNoRows) {
		return City{}, nil
	}
	return c, err
}

// SetCity says who runs this system.
func (r Regions) SetCity(ctx context.Context, c City) error {
	return r.DB.Run(ctx, func(ctx context.Context) error {
		_, err := r.DB.Write(ctx).ExecContext(ctx,
			`INSERT INTO city (code, name, name_en, parent_body, issuing_body, place, sample, business_day) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)
			 ON CONFLICT (single) DO UPDATE SET code = EXCLUDED.code, name = EXCLUDED.name, name_en = EXCLUDED.name_en,
			   parent_body = EXCLUDED.parent_body, issuing_body = EXCLUDED.issuing_body, place = EXCLUDED.place,
			   sample = EXCLUDED.sample, business_day = EXCLUDED.business_day`,
			c.Code, c.Name, c.NameEN, c.ParentBody, c.IssuingBody, c.Place, c.Sample, c.BusinessDay)
		return err
	})
}
