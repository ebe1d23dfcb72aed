package app

import (
	"context"
	"time"

	"matbang/internal/actor"
	"matbang/internal/people"
	"matbang/internal/progress"
)

// remindEvery is how often the running program looks whether a reminder is due. A day is what counts, so an hour is soon enough.
const remindEvery = time.Hour

// keepReminding sends the reminders that are due, at once and then every hour, until ctx ends. A failure is logged and tried again at the next
// hour: what could not be sent is made up for. Any number of servers may do it at the same time.
func (a *App) keepReminding(ctx context.Context) {
	ticker := time.NewTicker(remindEvery)
	defer ticker.Stop()
	for {
		a.remind(ctx)
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func (a *App) remind(ctx context.Context) {
	today := a.Today()
	sent, err := a.Rooms.Progress.Remind(ctx, today)
	switch {
	case ctx.Err() != nil: // the program ends: nothing failed
	case err != nil:
		a.Log.ErrorContext(ctx, "reminders", "day", today.String(), "error", err)
	case sent > 0:
		a.Log.InfoContext(ctx, "reminders", "day", today.String(), "people", sent)
	}
}

// staffOf tells progress who may enter and who accepts, without the room knowing accounts or the policy. Whoever may enter only for a ward or
// for works of their own is not reminded: what is missing is counted by units.
func staffOf(room *people.People) func(ctx context.Context) ([]progress.Person, error) {
	return func(ctx context.Context) ([]progress.Person, error) {
		var staff []progress.Person
		for _, permission := range []actor.Permission{progress.Enter, progress.Accept} {
			holders, err := room.Holders(ctx, permission)
			if err != nil {
				return nil, err
			}
			for _, who := range holders {
				scope, err := who.Require(permission)
				if err != nil || scope.Ward != 0 || scope.Member != 0 {
					continue
				}
				staff = append(staff, progress.Person{User: who.ID, Unit: scope.Unit, Accepts: permission == progress.Accept})
			}
		}
		return staff, nil
	}
}
