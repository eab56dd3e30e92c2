package mapping

import (
	"bytes"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
)

func (c *compiler) in(n *ast.BinaryNode, left, right part) part {
	if right.kinds&kindList == 0 && right.kinds&kindText != 0 {
		return c.refuse(n, fmt.Sprintf("in needs a list, and %s is text", brief(right.text)),
			fmt.Sprintf(`%s contains %s, or a list such as ["a", "b"]`, brief(right.text), brief(left.text)))
	}
	if array, ok := n.Right.(*ast.ArrayNode); ok {
		for _, node := range array.Nodes {
			if !isConstant(node) {
				continue
			}
			if element := c.compile(node); left.kinds.comparable()&element.kinds.comparable() == 0 {
				c.refuse(node, fmt.Sprintf("%s is %s, and %s is %s: they are never equal", brief(left.text), left.kinds, brief(element.text), element.kinds), inQuotes(left, element))
			}
		}
	}
	list := c.need(n.Right, right, kindList, "in")
	return part{kinds: kindBoolean, run: both(n, left.run, list, func(_ *scope, v, w value) (value, string) {
		return truth(slices.ContainsFunc(w.list, v.equal)), ""
	})}
}

// search is false where either side is NULL.
func (c *compiler) search(n *ast.BinaryNode, left, right part) part {
	a := c.need(n.Left, left, kindText|kindNull, n.Operator)
	b := c.need(n.Right, right, kindText|kindNull, n.Operator)
	found := map[string]func(text, part []byte) bool{
		"contains": bytes.Contains, "startsWith": bytes.HasPrefix, "endsWith": bytes.HasSuffix,
	}[n.Operator]
	return part{kinds: kindBoolean, run: both(n, a, b, func(_ *scope, v, w value) (value, string) {
		return truth(v.kind == kindText && w.kind == kindText && found(v.text, w.text)), ""
	})}
}

// matches is false where the left side is NULL. The pattern is fixed, so that it is read once, and small.
func (c *compiler) matches(n *ast.BinaryNode, left part) part {
	text := c.need(n.Left, left, kindText|kindNull, n.Operator)
	literal, ok := n.Right.(*ast.StringNode)
	if !ok {
		return c.refuse(n.Right, "matches needs a pattern in quotes", "")
	}
	pattern, wrong := compilePattern(literal.Value)
	if wrong != "" {
		return c.refuse(literal, fmt.Sprintf("the pattern %q: %s", brief(literal.Value), wrong), "patterns are those of RE2")
	}
	return part{kinds: kindBoolean, run: func(s *scope) (value, *refusal) {
		v, refused := text(s)
		return truth(v.kind == kindText && pattern.Match(v.text)), refused
	}}
}

// mostInstructions bounds what a pattern does at each character.
const mostInstructions = 1000

func compilePattern(text string) (pattern *regexp.Regexp, wrong string) {
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return nil, strings.TrimPrefix(err.Error(), "error parsing regexp: ")
	}
	program, err := syntax.Compile(tree.Simplify())
	if err != nil || len(program.Inst) > mostInstructions {
		return nil, "it repeats too much"
	}
	pattern, err = regexp.Compile(text)
	if err != nil {
		return nil, "it repeats too much"
	}
	return pattern, ""
}
