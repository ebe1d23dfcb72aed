package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// Serve answers requests until ctx ends, then lets those under way finish (at most 10 s). started is called once it listens.
func (a *App) Serve(ctx context.Context, started func(address string)) error {
	listener, err := net.Listen("tcp", a.Settings.Addr)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w", a.Settings.Addr, err)
	}
	server := &http.Server{Handler: a.Kit.Handler(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 60 * time.Second,
		WriteTimeout: 120 * time.Second, IdleTimeout: 90 * time.Second, MaxHeaderBytes: 32 << 10}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	defer a.background(ctx)()
	started(listener.Addr().String())
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := server.Shutdown(stop); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}

// background starts what the program does beside answering requests. What it gives back ends that and waits for it.
func (a *App) background(ctx context.Context) (end func()) {
	ctx, cancel := context.WithCancel(ctx)
	var jobs sync.WaitGroup
	jobs.Go(func() { a.keepReminding(ctx) })
	jobs.Go(func() { a.keepSealing(ctx) })
	return func() {
		cancel()
		jobs.Wait()
	}
}
