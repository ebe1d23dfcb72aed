package webkit

import (
	"strings"
	"testing"
)

func sealerOf(t testing.TB, secret string) sealer {
	t.Helper()
	s, err := newSealer(secret)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSealed(t *testing.T) {
	s, other := sealerOf(t, "one"), sealerOf(t, "two")
	name := "Nguyễn Thị Hường"
	sealed := s.seal(name)
	if strings.Contains(sealed, "Nguy") || s.seal(name) != sealed || s.sealOnce(sealed) != sealed {
		t.Errorf("%q is sealed as %q", name, sealed)
	}
	for got, want := range map[string]string{
		s.open(sealed):                  name,
		other.open(sealed):              "", // another program's
		sealerOf(t, "one").open(sealed): name,
		s.open(sealed + "x"):            "",
		s.open("~"):                     "",
		s.open("HS-001"):                "HS-001", // written by hand
		s.open(s.sealOnce("~5")):        "~5",
		s.seal(""):                      "",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if first, second := sealerOf(t, ""), sealerOf(t, ""); first.seal(name) == second.seal(name) {
		t.Error("without a secret two programs seal alike")
	}
}

func FuzzSealed(f *testing.F) {
	s := sealerOf(f, "one")
	f.Add("Lý Văn Đạt")
	f.Add("~")
	f.Fuzz(func(t *testing.T, text string) {
		if got := s.open(s.sealOnce(text)); got != text && !strings.HasPrefix(text, sealMark) {
			t.Errorf("%q came back as %q", text, got)
		}
		s.open(text)
	})
}
