package app_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"
)

func BenchmarkZZKeep(b *testing.B) {
	a := cityOfAMillion(b)
	server := httptest.NewServer(a.Kit.Handler())
	defer server.Close()
	var name string
	_ = a.DB.Pool().QueryRow(`SELECT current_database()`).Scan(&name)
	out := name + "\n" + server.URL + "\n"
	for _, who := range []string{"accountant", "chief-accountant", "leader"} {
		out += who + " " + tokenOf(b, a, who) + "\n"
	}
	_ = os.WriteFile("/tmp/keep.txt", []byte(out), 0o600)
	fmt.Println(http.StatusOK)
	time.Sleep(70 * time.Minute)
}
