// Command bench runs benchmarks and prints the figures they hold against limits: bench PATTERN BENCHTIME PACKAGE… It fails when a limit is broken.
// What the benchmarks themselves say is shown only when one of them fails.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"text/tabwriter"
	"time"

	"matbang/internal/figures"
)

func main() {
	if len(os.Args) < 4 {
		fmt.Fprintln(os.Stderr, "usage: bench PATTERN BENCHTIME PACKAGE…")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run takes one package after the other, so that none is measured while another works.
func run(pattern, benchtime string, packages []string) error {
	dir, err := os.MkdirTemp("", "figures")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	file := filepath.Join(dir, "rows")
	began := time.Now()
	var failed error
	for _, name := range packages {
		cmd := exec.Command("go", "test", "-run", "^$", "-bench", pattern, "-benchtime", benchtime, "-timeout", "0", name) //nolint:gosec // what the Makefile asks for
		cmd.Env = append(os.Environ(), figures.FileKey+"="+file)
		var said bytes.Buffer
		cmd.Stdout, cmd.Stderr = &said, &said
		if err := cmd.Run(); err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", name, err))
			_, _ = io.Copy(os.Stderr, &said)
		}
	}
	rows, err := os.ReadFile(file) //nolint:gosec // our own
	if err != nil {
		return errors.Join(failed, errors.New("no figures"))
	}
	return errors.Join(failed, show(os.Stdout, rows, time.Since(began)))
}

// show prints the rows as a table.
func show(to io.Writer, rows []byte, took time.Duration) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	_, err := fmt.Fprintf(w, "FIGURE\tLIMIT\tMEASURED\t\n%s", rows)
	if err = errors.Join(err, w.Flush()); err == nil {
		_, err = fmt.Fprintf(to, "measured in %s\n", took.Round(time.Second))
	}
	return err
}
