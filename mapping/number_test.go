package mapping_test

import (
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestNumbers(t *testing.T) {
	t.Parallel()
	many := strings.Repeat("7", 1000)
	tests := []struct {
		name, from, integer, float string
	}{
		{"digits", "42", "42", "42"},
		{"a minus", "-42", "-42", "-42"},
		{"a plus is dropped", "+42", "42", "42"},
		{"leading zeros are dropped", "007", "7", "7"},
		{"minus zero is zero", "-0", "0", "0"},
		{"minus zero with a point is zero", "-0.00", "0", "0"},
		{"4.0 is an integer", "4.0", "4", "4"},
		{"4.5 is not", "4.5", "", "4.5"},
		{"trailing zeros are dropped", "4.50", "", "4.5"},
		{"zeros before the point stay", "100", "100", "100"},
		{"no digit before the point", ".5", "", "0.5"},
		{"no digit after the point", "5.", "5", "5"},
		{"beyond 2^53", "9007199254740993", "9007199254740993", "9007199254740993"},
		{"numeric(40,10)", "123456789012345678901234567890.1234567891", "", "123456789012345678901234567890.1234567891"},
		{"an exponent is written out", "1e3", "1000", "1000"},
		{"an exponent with sign", "1E+21", "1000000000000000000000", "1000000000000000000000"},
		{"a negative exponent", "1e-1", "", "0.1"},
		{"a negative exponent that leaves an integer", "1200e-2", "12", "12"},
		{"an exponent moves the point", "-12.345e2", "", "-1234.5"},
		{"zero with an exponent", "0e10", "0", "0"},
		{"a small float", "5e-324", "", "0." + strings.Repeat("0", 323) + "5"},
		{"blanks around it, as CHAR pads", "  42 ", "42", "42"},
		{"as many digits as may be", many, many, many},
		{"too many digits", many + "7", "", ""},
		{"an exponent too large", "1e401", "", ""},
		{"an exponent too small", "1e-401", "", ""},
		{"an exponent beyond an int", "1e99999999999999999999", "", ""},
		{"a comma", "4,5", "", ""},
		{"empty", "", "", ""},
		{"blank", " ", "", ""},
		{"a sign alone", "-", "", ""},
		{"a point alone", ".", "", ""},
		{"an exponent alone", "e5", "", ""},
		{"an exponent without digits", "1e", "", ""},
		{"two signs", "--1", "", ""},
		{"two points", "1.2.3", "", ""},
		{"a blank within", "1 000", "", ""},
		{"NaN", "NaN", "", ""},
		{"Infinity", "-Infinity", "", ""},
		{"hexadecimal", "0x10", "", ""},
		{"an underscore", "1_000", "", ""},
		{"other digits", "٤٢", "", ""},
		{"words after it", "42 items", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for typ, want := range map[string]string{"integer": tt.integer, "float": tt.float} {
				if want == "" {
					want = refused(typ)
				}
				got, fault := one{field: field(typ)}.convert(t, tt.from)
				requireResult(t, want, got, fault)
			}
		})
	}
}

func TestBooleans(t *testing.T) {
	t.Parallel()
	for want, texts := range map[string][]string{
		"true":             {"true", "t", "yes", "y", "1", "TRUE", "T", "Yes", "Y", "tRuE", " y  "},
		"false":            {"false", "f", "no", "n", "0", "FALSE", "F", "No", "N", "0 "},
		refused("boolean"): {"", " ", "2", "-1", "1.0", "01", "on", "off", "tr", "yess", "falsee", "ja", "NULL", "ｙ", "\x00"},
	} {
		for _, text := range texts {
			got, fault := one{field: field("boolean")}.convert(t, text)
			requireResult(t, want, got, fault)
		}
	}
}

// TestANumberKeepsItsWorth compares with exact rational arithmetic.
func TestANumberKeepsItsWorth(t *testing.T) {
	t.Parallel()
	m := one{field: field("float")}.compile(t)
	texts := rapid.StringMatching(`[+-]?([0-9]{1,25}(\.[0-9]{0,25})?|\.[0-9]{1,25})([eE][+-]?[0-9]{1,2})?`)
	rapid.Check(t, func(rt *rapid.T) {
		text := texts.Draw(rt, "text")
		got, fault := mapped(t, m, text)
		require.Nil(rt, fault)
		want, ok := new(big.Rat).SetString(text)
		require.True(rt, ok)
		have, ok := new(big.Rat).SetString(got)
		require.True(rt, ok)
		require.Zero(rt, want.Cmp(have), "%s became %s", text, got)
		require.Regexp(rt, `^(0|-?[1-9][0-9]*|-?(0|[1-9][0-9]*)\.[0-9]*[1-9])$`, got)
	})
}

// FuzzNumber holds the conversion against math/big wherever that accepts the text, and the other way round.
func FuzzNumber(f *testing.F) {
	for _, text := range []string{"0", "-1.50", "1e3", ".5", "5.", "1e-400", "NaN", "0x1p4", "1_0", "1/2", "+-1", " 1"} {
		f.Add(text)
	}
	m := one{field: field("float")}.compile(f)
	f.Fuzz(func(t *testing.T, text string) {
		got, fault := mapped(t, m, text)
		plain := strings.Trim(text, " ")
		if strings.ContainsAny(plain, "/_xXoObBpP") || len(plain) > 300 || text == null {
			return // math/big reads more than decimal numbers
		}
		want, ok := new(big.Rat).SetString(plain)
		if fault == nil {
			require.True(t, ok, "%q became %s", text, got)
			have, _ := new(big.Rat).SetString(got)
			require.Zero(t, want.Cmp(have), "%q became %s", text, got)
		} else if ok {
			require.Regexp(t, `[eE][+-]?0*[0-9]{3,}$`, plain, "refused")
		}
	})
}
