package config_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pvetl/internal/config"
)

// reported is all that is said about a file.
func reported(t *testing.T, file *config.File, err error) string {
	t.Helper()
	text, jsonErr := json.Marshal(file.Findings)
	require.NoError(t, jsonErr)
	var excerpts []string
	for _, finding := range file.Findings {
		excerpts = append(excerpts, file.Excerpt(finding))
	}
	return fmt.Sprintf("%v\n%v\n%v\n%s\n%s", messages(file), err, file.Unset, text, strings.Join(excerpts, "\n"))
}

func TestCredentialsAreNeverShown(t *testing.T) {
	t.Parallel()
	const password = "hunter2%zz"
	minimal := string(fixture(t, "minimal.yaml"))
	for name, content := range map[string]string{
		"a literal key":                strings.Replace(minimal, "${KEY}", password, 1),
		"a key that looks like a list": strings.Replace(minimal, `"${KEY}"`, "["+password+"]", 1),
		"a key that looks like an alias": strings.Replace(minimal, `api_key: "${KEY}"}`,
			"api_key: *"+strings.TrimRight(password, "%z")+"}", 1),
		"a key with a broken reference":  strings.Replace(minimal, "${KEY}", password+"${", 1),
		"a key as a reference's name":    strings.Replace(minimal, "${KEY}", "${"+password+"}", 1),
		"a key as a default":             strings.Replace(minimal, "${KEY}", "${NONE:-"+password+"}", 1),
		"a key in the place of playvox":  regexp.MustCompile(`playvox: .*`).ReplaceAllLiteralString(minimal, "playvox: "+password),
		"a URL that cannot be read":      strings.Replace(minimal, "sqlite:shop.db", "postgres://u:"+password+"@db/x", 1),
		"a DSN of no form":               strings.Replace(minimal, "sqlite:shop.db", "u:"+password+"@db", 1),
		"a DSN of key=value":             strings.Replace(minimal, "sqlite:shop.db", "host=db password='"+password+"'", 1),
		"a DSN of the driver's form":     strings.Replace(minimal, "sqlite:shop.db", "u:"+password+"@tcp(db)/x", 1),
		"a DSN in a variable":            strings.Replace(minimal, "sqlite:shop.db", "${DSN}", 1),
		"a DSN in the place of a source": strings.Replace(minimal, `{dsn: "sqlite:shop.db"}`, "mysql://u:"+password+"@db/x", 1),
		"a DSN as the name of a source":  strings.Replace(minimal, "source: shop", "source: postgres://u:"+password+"@db/x", 1),
		"a DSN as a key":                 strings.Replace(minimal, "orders:", `"postgres://u:`+password+`@db/x":`, 1),
		"a variable in the wrong place":  strings.Replace(minimal, "source: shop", "source: ${DSN}", 1),
		"a variable as a schedule":       strings.Replace(minimal, "source: shop", "source: shop\n    schedule: ${DSN}", 1),
		"a variable as a number":         strings.Replace(minimal, "key: id", `key: id, page_size: "${SECRET}"`, 1),
		"a variable as a query":          strings.Replace(minimal, `"SELECT id, solved_at FROM orders"`, `"${DSN}"`, 1),
		"a variable as a rule":           strings.Replace(minimal, "solved_at", `{column: a, default: "${DSN}", timezone: "${DSN}"}`, 1),
		"a variable as a constant":       strings.Replace(minimal, "solved_at", `{value: "${DSN}"}`, 1),
		"a variable as an allowed value": strings.Replace(minimal, "type: datetime", `type: datetime, allowed: ["${DSN}"]`, 1),
		"an unknown key":                 strings.Replace(minimal, "uid:", "token: "+password+", uid:", 1),
		"a misspelt key":                 strings.Replace(minimal, "uid:", "apikey: "+password+", uid:", 1),
		"a key of another section":       strings.Replace(minimal, "uid:", "key: "+password+", uid:", 1),
		"a key given twice":              strings.Replace(minimal, "uid:", "api_key: "+password+", uid:", 1),
		"a key over lines":               strings.Replace(minimal, `"${KEY}"}`, "\"x\n  "+password+"\", colour: 1}", 1),
		"an open quote":                  strings.Replace(minimal, `"${KEY}"}`, `"`+password, 1),
		"a key outside its quotes":       strings.Replace(minimal, `"${KEY}"}`, `"" `+password+"}", 1),
		"a reference without its quotes": strings.Replace(minimal, `"${KEY}"}`, "${KEY:-"+password+"}}", 1),
		"a tab before a key":             "playvox:\n\tapi_key: " + password + "\n",
		"a colon left out":               "playvox:\n  uid: x\n  api_key " + password + "\n  max_in_flight: 1\n",
		"a second document":              minimal + "---\napi_key: " + password + "\n",
		"a comment":                      strings.Replace(minimal, "source: shop", "source: shp # postgres://u:"+password+"@db/x", 1),
		"a credential in a query":        strings.Replace(minimal, `"SELECT id, solved_at FROM orders"`, `"SELECT dblink('host=db password=`+password+` x') FROM a; SELECT 1"`, 1),
		"a webhook":                      minimal + "notify: {webhook: \"ftp://hooks.example/" + password + "\"}\n",
		"a state":                        minimal + "state: oracle://u:" + password + "@db/x\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.NotEqual(t, minimal, content)
			env := environment(map[string]string{"DSN": "postgres://u:" + password + "@db/x", "SECRET": password})
			file, err := config.Load("jobs.yaml", []byte(content), env)
			require.NotEmpty(t, file.Findings)
			require.NotContains(t, reported(t, file, err), "hunter2")
		})
	}
}

func TestALiteralCredentialIsAWarning(t *testing.T) {
	t.Parallel()
	for written, warned := range map[string]bool{
		"sqlite:shop.db":                        false,
		"postgres://u@db/x":                     false,
		"${DSN}":                                false,
		"${DSN:-postgres://u:dev@localhost/x}":  false,
		"postgres://u:${PASSWORD}@db/x":         false,
		"host=db password=${file:/run/pw}":      false,
		"postgres://u:hunter2@db/x":             true,
		"postgres://u:hunter2@${HOST:-db}/x":    true,
		"mysql://u:hunter2@db/x":                true,
		"u:hunter2@tcp(db)/x":                   true,
		"host=db password=hunter2 dbname=x":     true,
		"postgres://db/x?user=u&password=hunt2": true,
	} {
		content := fixture(t, "minimal.yaml", "sqlite:shop.db", written)
		file, err := config.Load("jobs.yaml", content, environment(map[string]string{"UID": "u", "KEY": "k"}))
		require.NoError(t, err, written)
		text := strings.Join(messages(file), "\n")
		require.Equal(t, warned, strings.Contains(text, "warning jobs.yaml:4:15: sources.shop.dsn: found a password in the file"), text)
		require.NotContains(t, text, "hunt")
	}
	file, err := config.Load("jobs.yaml", fixture(t, "minimal.yaml", "${KEY}", "hunter2"), config.Env{})
	require.NoError(t, err)
	require.Contains(t, strings.Join(messages(file), "\n"), "warning jobs.yaml:2:80: playvox.api_key: found the key itself")
}

func TestTheRedactorKnowsEveryCredential(t *testing.T) {
	t.Parallel()
	env := environment(map[string]string{
		"PLAYVOX_BASE_URL": "https://acme.playvox.com/api/v1", "PLAYVOX_UID": "acme", "PLAYVOX_API_KEY": "key-12345",
		"PVETL_STATE": "host=db dbname=x password='pass word'", "HELPDESK_DSN": "postgres://reader:p%40ss%2Fw@db/helpdesk?x=a@b",
		"PVETL_WEBHOOK": "https://hooks.example/T1/secret", "PVETL_HEARTBEAT": "https://beat.example/secret",
	})
	file, err := config.Load("jobs.yaml", fixture(t, "full.yaml"), env)
	require.NoError(t, err)
	redactor := file.Redactor()
	for _, credential := range []string{
		"key-12345", "pass word", "p@ss/w", "postgres://reader:p%40ss%2Fw@db/helpdesk?x=a@b",
		"https://hooks.example/T1/secret", "https://beat.example/secret",
	} {
		require.Equal(t, "<***>", redactor.Redact("<"+credential+">"))
	}
	printed := fmt.Sprintf("%v %+v %#v", file, *file, *file)
	for _, credential := range []string{"key-12345", "pass word", "p%40ss", "T1/secret", "beat.example"} {
		require.NotContains(t, printed, credential)
	}
	require.Equal(t, "acme has sqlite:pvetl.db", redactor.Redact("acme has sqlite:pvetl.db"), "names are no secrets")
}

func TestTheRedactorLeavesWhatIsUnknown(t *testing.T) {
	t.Parallel()
	file, err := config.Load("jobs.yaml", fixture(t, "full.yaml"), config.Env{})
	require.NoError(t, err)
	require.Equal(t, "set ${PLAYVOX_API_KEY} and sqlite:pvetl.db", file.Redactor().Redact("set ${PLAYVOX_API_KEY} and sqlite:pvetl.db"))
}
