package mapping

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/builtin"
)

// function is one that expressions may call. Each ends at once, and gives the same for the same arguments.
type function struct {
	name  string
	takes []kinds // of each argument; the last one stands for all that follow where most says so
	least int     // arguments
	most  int
	gives kinds
	apply func(s *scope, args []value) (v value, wrong string)
}

const anyNumber = mostParts

// functions is every function there is.
var functions = []function{
	{"len", []kinds{kindText | kindList}, 1, 1, kindInteger, func(_ *scope, a []value) (value, string) { return whole(int64(a[0].length())), "" }},
	{"lower", []kinds{kindText}, 1, 1, kindText, changed(bytes.ToLower)},
	{"upper", []kinds{kindText}, 1, 1, kindText, changed(bytes.ToUpper)},
	{"trim", []kinds{kindText, kindText}, 1, 2, kindText, trim},
	{"trimPrefix", []kinds{kindText, kindText}, 2, 2, kindText, func(_ *scope, a []value) (value, string) { return textOf(bytes.TrimPrefix(a[0].text, a[1].text)), "" }},
	{"trimSuffix", []kinds{kindText, kindText}, 2, 2, kindText, func(_ *scope, a []value) (value, string) { return textOf(bytes.TrimSuffix(a[0].text, a[1].text)), "" }},
	{"replace", []kinds{kindText, kindText, kindText}, 3, 3, kindText, replaceText},
	{"split", []kinds{kindText, kindText}, 2, 2, kindList, splitText},
	{"join", []kinds{kindList, kindText}, 1, 2, kindText, joinList},
	{"indexOf", []kinds{kindText, kindText}, 2, 2, kindInteger, indexOf(bytes.Index)},
	{"lastIndexOf", []kinds{kindText, kindText}, 2, 2, kindInteger, indexOf(bytes.LastIndex)},
	{"hasPrefix", []kinds{kindText, kindText}, 2, 2, kindBoolean, func(_ *scope, a []value) (value, string) { return truth(bytes.HasPrefix(a[0].text, a[1].text)), "" }},
	{"hasSuffix", []kinds{kindText, kindText}, 2, 2, kindBoolean, func(_ *scope, a []value) (value, string) { return truth(bytes.HasSuffix(a[0].text, a[1].text)), "" }},
	{"first", []kinds{kindList}, 1, 1, kindAny &^ kindList, func(_ *scope, a []value) (value, string) { v, _ := a[0].element(0); return v, "" }},
	{"last", []kinds{kindList}, 1, 1, kindAny &^ kindList, func(_ *scope, a []value) (value, string) { v, _ := a[0].element(-1); return v, "" }},
	{"get", []kinds{kindList, kindInteger}, 2, 2, kindAny &^ kindList, func(_ *scope, a []value) (value, string) { v, _ := a[0].element(a[1].integer); return v, "" }},
	{"int", []kinds{kindText | kindNumber}, 1, 1, kindInteger, toInteger},
	{"float", []kinds{kindText | kindNumber}, 1, 1, kindFloat, toFloat},
	{"string", []kinds{kindText | kindNumber | kindBoolean}, 1, 1, kindText, func(_ *scope, a []value) (value, string) { return textOf(a[0].bytes()), "" }},
	{"abs", []kinds{kindNumber}, 1, 1, kindNumber, absolute},
	{"ceil", []kinds{kindNumber}, 1, 1, kindInteger, rounded(math.Ceil)},
	{"floor", []kinds{kindNumber}, 1, 1, kindInteger, rounded(math.Floor)},
	{"round", []kinds{kindNumber}, 1, 1, kindInteger, rounded(math.Round)},
	{"min", []kinds{kindNumber}, 2, anyNumber, kindNumber, func(_ *scope, a []value) (value, string) { return slices.MinFunc(a, compareNumbers), "" }},
	{"max", []kinds{kindNumber}, 2, anyNumber, kindNumber, func(_ *scope, a []value) (value, string) { return slices.MaxFunc(a, compareNumbers), "" }},
}

func (c *compiler) call(n ast.Node, name string, arguments []ast.Node) part {
	i := slices.IndexFunc(functions, func(f function) bool { return f.name == name })
	if i < 0 {
		names := make([]string, len(functions))
		for i, f := range functions {
			names[i] = f.name
		}
		hint := didYouMean(name, names)
		if slices.Contains(builtin.Names, name) {
			hint = "let the query do it" // the library has it; it repeats, makes much of little, or asks the clock
		}
		return c.refuse(n, fmt.Sprintf("there is no function %s; there are %s", name, strings.Join(names, ", ")), hint)
	}
	f := functions[i]
	if len(arguments) < f.least || len(arguments) > f.most {
		return c.refuse(n, fmt.Sprintf("%s takes %s, and this has %d", name, f.counts(), len(arguments)), "")
	}
	args := make([]run, len(arguments))
	for i, node := range arguments {
		args[i] = c.need(node, c.compile(node), f.takes[min(i, len(f.takes)-1)], name)
	}
	text := n.String()
	return part{kinds: f.gives, run: func(s *scope) (value, *refusal) {
		base := len(s.stack)
		for _, arg := range args {
			v, refused := arg(s)
			if refused != nil {
				return v, refused
			}
			s.stack = append(s.stack, v)
		}
		v, wrong := f.apply(s, s.stack[base:])
		clear(s.stack[base:])
		s.stack = s.stack[:base]
		if wrong != "" {
			return v, refuseExpr(text, wrong)
		}
		return v, nil
	}}
}

// counts says how many arguments there are.
func (f function) counts() string {
	switch {
	case f.most == anyNumber:
		return fmt.Sprintf("%d arguments or more", f.least)
	case f.least != f.most:
		return fmt.Sprintf("%d or %d arguments", f.least, f.most)
	case f.least == 1:
		return "1 argument"
	}
	return fmt.Sprintf("%d arguments", f.least)
}

// changed is for what makes a text of about the same length.
func changed(change func([]byte) []byte) func(*scope, []value) (value, string) {
	return func(s *scope, a []value) (value, string) {
		wrong := s.make(len(a[0].text))
		if wrong != "" {
			return value{}, wrong
		}
		return textOf(change(a[0].text)), ""
	}
}

func trim(_ *scope, a []value) (value, string) {
	if len(a) == 1 {
		return textOf(bytes.TrimSpace(a[0].text)), ""
	}
	return textOf(bytes.Trim(a[0].text, string(a[1].text))), ""
}

func replaceText(s *scope, a []value) (value, string) {
	text, from, to := a[0].text, a[1].text, a[2].text
	if wrong := s.make(len(text) + bytes.Count(text, from)*max(0, len(to)-len(from))); wrong != "" {
		return value{}, wrong
	}
	return textOf(bytes.ReplaceAll(text, from, to)), ""
}

// sizeOfElement is about what an element of a list takes, in bytes.
const sizeOfElement = 72

func splitText(s *scope, a []value) (value, string) {
	if wrong := s.make(sizeOfElement * (bytes.Count(a[0].text, a[1].text) + 1)); wrong != "" {
		return value{}, wrong
	}
	var list []value
	for part := range bytes.SplitSeq(a[0].text, a[1].text) {
		list = append(list, textOf(part))
	}
	return value{kind: kindList, list: list}, ""
}

func joinList(s *scope, a []value) (value, string) {
	var glue []byte
	if len(a) == 2 {
		glue = a[1].text
	}
	size := len(glue) * len(a[0].list)
	for _, element := range a[0].list {
		if element.kind == kindNull {
			return value{}, "an element of the list is NULL"
		}
		size += len(element.text)
	}
	if wrong := s.make(size); wrong != "" {
		return value{}, wrong
	}
	text := make([]byte, 0, size)
	for i, element := range a[0].list {
		if i > 0 {
			text = append(text, glue...)
		}
		text = element.appendTo(text)
	}
	return textOf(text), ""
}

// indexOf counts characters; it gives -1 where there is none.
func indexOf(index func(text, part []byte) int) func(*scope, []value) (value, string) {
	return func(_ *scope, a []value) (value, string) {
		at := index(a[0].text, a[1].text)
		if at < 0 {
			return whole(-1), ""
		}
		return whole(int64(textOf(a[0].text[:at]).length())), ""
	}
}

// toInteger is as strict as the type integer: 4.0 is one, 4.5 is not.
func toInteger(_ *scope, a []value) (value, string) {
	if a[0].kind == kindInteger {
		return a[0], ""
	}
	digits, refused := appendInteger(nil, a[0].bytes())
	if refused != nil {
		return value{}, "an integer is digits with an optional sign; floor, ceil and round make one of a fraction"
	}
	n, err := strconv.ParseInt(string(digits), 10, 64)
	if err != nil {
		return value{}, tooLarge
	}
	return whole(n), ""
}

func toFloat(_ *scope, a []value) (value, string) {
	if a[0].kind != kindText {
		return floating(a[0].asFloat()), ""
	}
	digits, refused := appendFloat(nil, a[0].text)
	if refused != nil {
		return value{}, refused.reason
	}
	f, err := strconv.ParseFloat(string(digits), 64)
	if err != nil {
		return value{}, tooLarge
	}
	return floating(f), ""
}

func absolute(_ *scope, a []value) (value, string) {
	if a[0].kind == kindInteger && a[0].integer < 0 {
		return difference(whole(0), a[0])
	}
	a[0].float = math.Abs(a[0].float)
	return a[0], ""
}

func rounded(round func(float64) float64) func(*scope, []value) (value, string) {
	return func(_ *scope, a []value) (value, string) {
		if a[0].kind == kindInteger {
			return a[0], ""
		}
		f := round(a[0].float)
		if math.Abs(f) >= 1<<63 {
			return value{}, tooLarge
		}
		return whole(int64(f)), ""
	}
}
