package metrics_test

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"
)

var (
	inTable  = regexp.MustCompile("(?m)^\\| `(pvetl_[a-z_]+)` \\|")
	anywhere = regexp.MustCompile(`pvetl_[a-z_]*[a-z]`)
	fqName   = regexp.MustCompile(`fqName: "(pvetl_[a-z_]+)"`)
)

// named are all metrics of ours, whether there is anything to tell of them or not.
func named(t *testing.T, m interface{ Describe(chan<- *prometheus.Desc) }) (names []string) {
	t.Helper()
	descriptions := make(chan *prometheus.Desc)
	go func() {
		defer close(descriptions)
		m.Describe(descriptions)
	}()
	for description := range descriptions {
		if found := fqName.FindStringSubmatch(description.String()); found != nil {
			names = append(names, found[1])
		}
	}
	slices.Sort(names)
	return names
}

func TestEveryMetricIsDocumentedAndNoneIsInvented(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/metrics.md")
	require.NoError(t, err)
	var documented []string
	for _, found := range inTable.FindAllStringSubmatch(string(page), -1) {
		documented = append(documented, found[1])
	}
	slices.Sort(documented)
	require.Equal(t, named(t, newWorld(t).metrics), documented)
}

func TestTheDashboardAndTheAlertsAskForMetricsThatThereAre(t *testing.T) {
	t.Parallel()
	known := named(t, newWorld(t).metrics)
	for _, file := range []string{"grafana-dashboard.json", "alerts.yaml", "alerts_test.yaml"} {
		content, err := os.ReadFile("../../examples/monitoring/" + file)
		require.NoError(t, err)
		if strings.HasSuffix(file, ".json") {
			require.True(t, json.Valid(content), file)
		} else {
			require.NoError(t, yaml.Unmarshal(content, new(any)), file)
		}
		names := anywhere.FindAllString(string(content), -1)
		require.NotEmpty(t, names)
		for _, name := range names {
			if name != "pvetl_token" {
				require.Contains(t, known, name, file)
			}
		}
	}
}
