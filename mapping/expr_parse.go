package mapping

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
)

// parseExpression compiles the text of an expression and says what is wrong with it, at each place that it finds. The
// expression is nil where it cannot be read at all.
func parseExpression(text string) (*expression, []*slip) {
	if len(text) > longestExpr {
		return nil, []*slip{{message: fmt.Sprintf("an expression has at most %d bytes", longestExpr), suggestion: "let the query do it"}}
	}
	bounds := conf.CreateNew()
	bounds.MaxNodes = mostParts
	tree, err := parser.ParseWithConfig(text, bounds)
	if err != nil {
		return nil, []*slip{unreadable(text, err)}
	}
	c := compiler{expression: &expression{text: text}, names: map[string]part{}}
	c.root = c.compile(tree.Node)
	return c.expression, c.slips
}

// compiler makes parts of the library's nodes. It goes on behind a slip, to find the others.
type compiler struct {
	*expression
	names map[string]part // that let gave
	slips []*slip
}

// refuse notes a slip.
func (c *compiler) refuse(n ast.Node, message, suggestion string) part {
	c.slips = append(c.slips, &slip{c.offset(n), message, suggestion})
	return part{}
}

// offset returns where a node stands, in bytes: the library counts characters.
func (c *compiler) offset(n ast.Node) int {
	if conditional, ok := n.(*ast.ConditionalNode); ok {
		n = conditional.Cond // it says where it ends
	}
	return byteOffset(c.text, n.Location().From)
}

func byteOffset(text string, characters int) int {
	for i := range text {
		if characters == 0 {
			return i
		}
		characters--
	}
	return len(text)
}

func (c *compiler) compile(n ast.Node) part {
	before := len(c.slips)
	p := c.part(n)
	p.text = n.String()
	if len(c.slips) > before {
		p.kinds = kindAny // so that it causes no other slip
	}
	return p
}

func (c *compiler) part(n ast.Node) part {
	switch n := n.(type) {
	case *ast.NilNode:
		return constant(value{kind: kindNull})
	case *ast.BoolNode:
		return constant(truth(n.Value))
	case *ast.IntegerNode:
		return constant(whole(int64(n.Value)))
	case *ast.FloatNode:
		return constant(floating(n.Value))
	case *ast.StringNode:
		return constant(textOf([]byte(n.Value)))
	case *ast.IdentifierNode:
		return c.name(n)
	case *ast.UnaryNode:
		return c.unary(n)
	case *ast.BinaryNode:
		return c.binary(n)
	case *ast.ConditionalNode:
		return c.conditional(n)
	case *ast.VariableDeclaratorNode:
		return c.let(n)
	case *ast.ArrayNode:
		return c.array(n)
	case *ast.MemberNode:
		return c.member(n)
	case *ast.SliceNode:
		return c.slice(n)
	case *ast.BuiltinNode:
		return c.call(n, n.Name, n.Arguments)
	case *ast.CallNode:
		if callee, ok := n.Callee.(*ast.IdentifierNode); ok {
			return c.call(n, callee.Value, n.Arguments)
		}
		return c.refuse(n, "a value has no functions of its own", "lower(name), not name.lower()")
	case *ast.SequenceNode:
		return c.refuse(n.Nodes[1], "an expression gives one value, and this is another", "only let goes before it, as in let x = trim(a); x + x")
	}
	return c.refuse(n, "an expression has texts, numbers, lists, operators and functions, and this is none: "+brief(n.String()), "")
}

func constant(v value) part {
	return part{kinds: v.kind, run: func(*scope) (value, *refusal) { return v, nil }}
}

// name is what let gave a name to, or a column.
func (c *compiler) name(n *ast.IdentifierNode) part {
	if let, ok := c.names[n.Value]; ok {
		return let
	}
	if here := constantsOfSQL[n.Value]; here != "" {
		return c.refuse(n, n.Value+" is written "+here, fmt.Sprintf("a column of this name is written %s[%q]", env, n.Value))
	}
	if n.Value == env {
		return c.refuse(n, env+" is written with the name of a column", env+`["odd name"]`)
	}
	return c.column(n.Value, c.offset(n))
}

// env is how columns are reached whose name is none in an expression: $env["odd name"].
const env = "$env"

func (c *compiler) column(name string, offset int) part {
	i := slices.IndexFunc(c.columns, func(p placed) bool { return p.name == name })
	if i < 0 {
		i = len(c.columns)
		c.columns = append(c.columns, placed{name, offset})
	}
	return part{kinds: kindText | kindNull, run: func(s *scope) (value, *refusal) { return s.cells[i], nil }}
}

// need returns how to compute a part that has to be of one of these kinds, and notes it where it never is.
func (c *compiler) need(n ast.Node, p part, want kinds, who string) run {
	switch {
	case p.kinds&want == 0:
		c.refuse(n, fmt.Sprintf("%s needs %s, and %s is %s", who, want, brief(p.text), p.kinds), remedy(want, p))
		return p.run
	case p.kinds&^want == 0:
		return p.run
	}
	return func(s *scope) (value, *refusal) {
		v, refused := p.run(s)
		switch {
		case refused != nil || v.kind&want != 0:
			return v, refused
		case v.kind == kindNull:
			return v, refuseExpr(who, fmt.Sprintf("%s is NULL; %s ?? … says what to take instead", brief(p.text), brief(p.text)))
		}
		return v, refuseExpr(who, fmt.Sprintf("it needs %s, and %s is %s", want, brief(p.text), v.kind))
	}
}

// remedy says what makes one kind of another.
func remedy(want kinds, p part) string {
	switch {
	case p.kinds&kindText != 0 && want&kindNumber != 0:
		return fmt.Sprintf("int(%s) or float(%[1]s) makes a number of it", brief(p.text))
	case p.kinds&kindText != 0 && want == kindBoolean:
		return fmt.Sprintf(`compare it, as in (%s == "1")`, brief(p.text))
	case p.kinds&kindText != 0 && want == kindList:
		return fmt.Sprintf(`split(%s, ",") makes a list of it`, brief(p.text))
	case want == kindText && p.kinds&(kindNumber|kindBoolean) != 0:
		return fmt.Sprintf("string(%s) makes text of it", brief(p.text))
	}
	return ""
}

// unreadable puts what the library's parser says into our words.
func unreadable(text string, err error) *slip {
	var at *file.Error
	if !errors.As(err, &at) {
		return &slip{message: err.Error()}
	}
	s := &slip{offset: byteOffset(text, at.From), message: at.Message}
	token := unexpectedToken.FindStringSubmatch(at.Message)
	switch {
	case strings.Contains(at.Message, "maximum allowed nodes"):
		s.message, s.suggestion = fmt.Sprintf("an expression has at most %d parts", mostParts), "let the query do it"
	case strings.HasPrefix(at.Message, "unexpected end"), token != nil && token[1] == "EOF":
		s.message = "the expression ends too early"
	case strings.Contains(at.Message, "literal: "), strings.Contains(at.Message, "literal is too large"):
		s.message = "the number before this is too large"
	case token != nil:
		s.message, s.suggestion = fmt.Sprintf("%q is not expected here", token[2]), fromSQL[token[2]]
	default:
		first, size := utf8.DecodeRuneInString(at.Message)
		s.message = strings.ToLower(string(first)) + at.Message[size:]
	}
	return s
}

var unexpectedToken = regexp.MustCompile(`^unexpected token (\w+)(?:\("(.*)"\))?`)

// fromSQL says how an expression spells what somebody writes who knows SQL.
var fromSQL = map[string]string{
	"=":    "equality is written ==",
	">":    "inequality is written !=",
	"AND":  "it is written and",
	"OR":   "it is written or",
	"IN":   "it is written in",
	"IS":   "whether a value is NULL is written x == nil",
	"is":   "whether a value is NULL is written x == nil",
	"LIKE": "it is written contains, startsWith, endsWith or matches",
	"like": "it is written contains, startsWith, endsWith or matches",
	"WHEN": "a choice is written condition ? this : that",
	"when": "a choice is written condition ? this : that",
}

// constantsOfSQL are what SQL has in another spelling.
var constantsOfSQL = map[string]string{"NULL": "nil", "null": "nil", "TRUE": "true", "FALSE": "false"}
