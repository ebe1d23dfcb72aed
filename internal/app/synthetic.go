package app

import (
	"context"
	_ "embed" // the steps of generated data
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"matbang/internal/audit"
	"matbang/internal/people"
)

//go:embed synthetic.sql
var syntheticSteps string

// Synthetic says how much is generated; the same seed gives the same data.
type Synthetic struct{ Works, Cases, Seed int }

// maxWorks is what seven digits leave, from 1000001 on.
const maxWorks = 8_999_999

var (
	errSyntheticSize  = fmt.Errorf("generated data: 1 to %d works, cases not below 0", maxWorks)
	errSyntheticTaken = errors.New("generated data goes into an empty database only; this one has a city already")
)

// LoadSynthetic fills an empty database with generated works and cases, all or nothing: for measuring, never for use. The accounts are the
// sample city's. It writes sets straight into the tables: a million cases through the acts would take hours.
func (a *App) LoadSynthetic(ctx context.Context, size Synthetic, log io.Writer) error {
	if size.Works < 1 || size.Works > maxWorks || size.Cases < 0 {
		return errSyntheticSize
	}
	city, err := a.Rooms.Regions.City(ctx)
	if err != nil {
		return err
	}
	if city.Code != "" {
		return errSyntheticTaken
	}
	s, err := a.newSampleCity(ctx)
	if err != nil {
		return err
	}
	return a.DB.Run(ctx, func(ctx context.Context) error {
		if err := s.syntheticCity(ctx); err != nil {
			return err
		}
		if err := s.generate(ctx, size, log); err != nil {
			return err
		}
		return s.Rooms.Log.Write(ctx, audit.Event{Actor: people.Console(), Act: "seed.synthetic", ObjectKind: "city", ObjectCode: "synthetic", After: size})
	})
}

func (s *sampleCity) syntheticCity(ctx context.Context) error {
	if err := s.city(ctx); err != nil {
		return err
	}
	city, err := s.Rooms.Regions.City(ctx)
	if err != nil {
		return err
	}
	city.Code, city.Name, city.NameEN = "synthetic", "Thành phố sinh tự động", "Generated city"
	if err := s.Rooms.Regions.SetCity(ctx, city); err != nil {
		return err
	}
	return s.accounts(ctx)
}

func (s *sampleCity) generate(ctx context.Context, size Synthetic, log io.Writer) error {
	q := s.DB.Write(ctx)
	for name, value := range map[string]int{"works": size.Works, "cases": size.Cases, "seed": size.Seed} {
		if _, err := q.ExecContext(ctx, `SELECT set_config('synthetic.' || $1, $2, true)`, name, strconv.Itoa(value)); err != nil {
			return err
		}
	}
	for _, step := range strings.Split(syntheticSteps, "-- step ")[1:] {
		name, statement, _ := strings.Cut(step, "\n")
		fmt.Fprintln(log, "…", name)
		if _, err := q.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("generated data, %s: %w", name, err)
		}
	}
	return nil
}
