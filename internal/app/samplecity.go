package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"gopkg.in/yaml.v3"

	"matbang/internal/actor"
	"matbang/internal/fault"
	"matbang/internal/people"
	"matbang/internal/region"
	"matbang/seeds"
)

// sampleCity plays the files of a city, month by month, through the same acts that people use.
type sampleCity struct {
	*App
	files  fs.FS
	actors map[string]actor.Actor // by account name
}

// LoadSampleCity loads the sample city into an empty database: all of it or nothing. A database with works in it is left alone, but its
// sample accounts get the password of the settings when there is one.
func (a *App) LoadSampleCity(ctx context.Context, log io.Writer) error {
	city, err := a.Rooms.Regions.City(ctx)
	if err != nil {
		return err
	}
	if city.Code != "" {
		return a.renewSamplePassword(ctx, city)
	}
	s, err := a.newSampleCity(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintln(log, "Đang nạp thành phố mẫu (dữ liệu minh họa)…")
	return a.DB.Run(ctx, s.load)
}

// newSampleCity loads the reference data and settles the password of the sample accounts.
func (a *App) newSampleCity(ctx context.Context) (*sampleCity, error) {
	files, err := fs.Sub(seeds.Files, "bac-kan-2023")
	if err != nil {
		return nil, err
	}
	a.demoPassword = a.Settings.DemoPassword
	if a.demoPassword == "" {
		a.demoPassword = rand.Text()[:14]
	}
	return &sampleCity{App: a, files: files, actors: map[string]actor.Actor{}}, a.LoadReference(ctx)
}

func (s *sampleCity) load(ctx context.Context) error {
	for _, step := range []func(context.Context) error{s.city, s.accounts, s.projects, s.holders, s.bankAccounts, s.defineIndicators} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return s.play(ctx)
}

func (s *sampleCity) city(ctx context.Context) error {
	data, err := fs.ReadFile(s.files, "city.yaml")
	if err != nil {
		return err
	}
	var city region.City
	if err := yaml.Unmarshal(data, &city); err != nil {
		return fmt.Errorf("seeds: city.yaml: %w", err)
	}
	return s.Rooms.Regions.SetCity(ctx, city)
}

func (s *sampleCity) accounts(ctx context.Context) error {
	room := s.Rooms.People
	if err := each(s.files, "units.csv", func(r record) error {
		return room.AddUnit(ctx, people.Console(), people.Unit{Code: r.text("code"), Name: r.text("name"), Kind: r.text("kind"), WardCode: r.text("ward_code")})
	}); err != nil {
		return err
	}
	return each(s.files, "users.csv", func(r record) error {
		user, err := room.AddUser(ctx, people.Console(), people.NewUser{Username: r.text("username"), Password: s.demoPassword, Roles: r.list("roles"), Sample: true,
			Details: people.Details{FullName: r.text("full_name"), Unit: r.text("unit"), Ward: r.text("ward_code")}})
		if err != nil {
			return err
		}
		s.actors[r.text("username")], err = room.ActorByID(ctx, user)
		return err
	})
}

// as is the sample person of an account.
func (s *sampleCity) as(account string) actor.Actor { return s.actors[account] }

// renewSamplePassword gives the sample accounts the password of the settings, unless they have it.
func (a *App) renewSamplePassword(ctx context.Context, city region.City) error {
	if !city.Sample || a.Settings.DemoPassword == "" {
		return nil
	}
	a.demoPassword = a.Settings.DemoPassword
	_, err := a.Rooms.People.SignIn(ctx, "admin", a.demoPassword, "console")
	if fault.KindOf(err) == fault.Internal || fault.KindOf(err) == fault.Unavailable {
		if err != nil {
			return err
		}
		return nil
	}
	return a.DB.Run(ctx, func(ctx context.Context) error {
		files, err := fs.Sub(seeds.Files, "bac-kan-2023")
		if err != nil {
			return err
		}
		return each(files, "users.csv", func(r record) error {
			err := a.Rooms.People.SetPassword(ctx, people.Console(), r.text("username"), a.demoPassword)
			if fault.KindOf(err) == fault.NotFound {
				return nil
			}
			return err
		})
	})
}

// Greeting tells how to sign in to the sample city.
func (a *App) Greeting() []string {
	if !a.City.Sample {
		return nil
	}
	password := "mật khẩu đã in ở lần chạy đầu (đặt lại bằng MATBANG_DEMO_PASSWORD)"
	if a.demoPassword != "" {
		password = a.demoPassword
	}
	return []string{
		"Thành phố mẫu – dữ liệu minh họa. Ngày làm việc " + a.Today().VN() + ".",
		"Tài khoản mẫu: admin planner planning-head clearance appraiser accountant chief-accountant deputy-chief director leader ward-ducxuan department auditor",
		"Mật khẩu chung: " + password,
	}
}

var errSampleDiffers = errors.New("the sample city is not what its files say")
