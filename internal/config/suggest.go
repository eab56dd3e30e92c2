package config

import (
	"strings"

	"github.com/agext/levenshtein"
)

// These bound the work on what is certainly no slip of the finger, and on files of absurd length.
const (
	longestWord = 100
	mostNames   = 200
)

// nearest returns the name that word is probably a misspelling of, or nothing.
func nearest(word string, names []string) string {
	if len(word) > longestWord {
		return ""
	}
	best, least := "", max(1, len(word)/3)+1
	for _, name := range names[:min(len(names), mostNames)] {
		if distance := distance(plain(word), plain(name)); distance < least {
			best, least = name, distance
		}
	}
	return best
}

// distance counts the slips between two words; two letters in the wrong order are one.
func distance(a, b string) int {
	count := levenshtein.Distance(a, b, nil)
	for i := range min(len(a), len(b)) - 1 {
		if count == 2 && a[:i]+a[i+1:i+2]+a[i:i+1]+a[i+2:] == b {
			return 1
		}
	}
	return count
}

// plain makes pageSize, page-size and page_size alike.
func plain(name string) string {
	return strings.ToLower(strings.NewReplacer("-", "", "_", "", " ", "").Replace(name))
}

func didYouMean(word string, names []string) string {
	name := nearest(word, names)
	if name == "" {
		return ""
	}
	return "did you mean " + name + "?"
}

// listed names what there is to choose from.
func listed(names []string) string {
	const most = 20
	if len(names) > most {
		return strings.Join(names[:most], ", ") + ", …"
	}
	return strings.Join(names, ", ")
}
