package secret_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/internal/secret"
)

const key = "s3cret/key+4711"

func TestACredentialNeverPrints(t *testing.T) {
	t.Parallel()
	text := secret.Text(key)
	inside := struct{ Key secret.Text }{text}
	asJSON, err := json.Marshal(inside)
	require.NoError(t, err)
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("opened", "key", text, "account", inside)
	for _, printed := range []string{
		text.String(), fmt.Sprint(text), fmt.Sprintf("%v %+v %#v %s %q %x %d", text, text, text, text, text, text, text),
		fmt.Sprintf("%v %+v %#v", inside, inside, inside), string(asJSON), log.String(),
	} {
		require.NotContains(t, printed, "4711")
		require.NotContains(t, printed, fmt.Sprintf("%x", key))
		require.Contains(t, printed, "***")
	}
	require.Equal(t, key, text.Reveal())
}

func TestARedactorKnowsEveryFormACredentialTravelsIn(t *testing.T) {
	t.Parallel()
	redactor := secret.NewRedactor(key, "ana:"+key)
	for _, leak := range []string{
		"the key is " + key + ", sorry", "?token=s3cret%2Fkey%2B4711", "Basic YW5hOnMzY3JldC9rZXkrNDcxMQ==",
	} {
		redacted := redactor.Redact(leak)
		require.Contains(t, redacted, "***", leak)
		require.NotContains(t, redacted, "4711", leak)
		require.NotContains(t, redacted, "NDcxMQ", leak)
	}
	require.Equal(t, "nothing to hide", redactor.Redact("nothing to hide"))
	require.Equal(t, "as it is", secret.Redactor{}.Redact("as it is"))
}

func TestThePasswordOfADSNIsACredentialOfItsOwn(t *testing.T) {
	t.Parallel()
	for dsn, password := range map[string]string{
		"postgres://ana:geheim-4711@db/desk":                      "geheim-4711",
		"postgres://ana:geheim%2F4711@db/desk":                    "geheim/4711",
		"postgres://ana:geheim-4711@db/desk?user=a@b":             "geheim-4711",
		"postgres://ana:geheim 4711%@db/desk":                     "geheim 4711%", // broken
		"mysql://ana:ge@heim-4711@db/desk":                        "ge@heim-4711",
		"ana:geheim-4711@tcp(db:3306)/desk":                       "geheim-4711",
		"host=db password=geheim-4711 dbname=desk":                "geheim-4711",
		"host=db password='geheim 4711' dbname=desk":              "geheim 4711",
		"postgres://db/desk?sslmode=require&password=geheim-4711": "geheim-4711",
	} {
		redacted := secret.NewRedactor(secret.Text(dsn)).Redact(`login failed for "` + password + `" on ` + dsn)
		require.NotContains(t, redacted, "4711", dsn)
		require.Contains(t, redacted, "login failed for", dsn)
	}
}
