package mapping

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/expr-lang/expr/ast"
)

// operation computes a value from two others, or says in words what is wrong with them.
type operation func(s *scope, v, w value) (value, string)

// exactly is an operation that makes nothing.
func exactly(compute func(v, w value) (value, string)) operation {
	return func(_ *scope, v, w value) (value, string) { return compute(v, w) }
}

// both computes two parts, and a value from them.
func both(n ast.Node, a, b run, compute operation) run {
	text := n.String()
	return func(s *scope) (value, *refusal) {
		v, refused := a(s)
		if refused != nil {
			return v, refused
		}
		w, refused := b(s)
		if refused != nil {
			return w, refused
		}
		result, wrong := compute(s, v, w)
		if wrong != "" {
			return result, refuseExpr(text, wrong)
		}
		return result, nil
	}
}

func (c *compiler) unary(n *ast.UnaryNode) part {
	operand := c.compile(n.Node)
	if n.Operator == "not" || n.Operator == "!" {
		boolean := c.need(n.Node, operand, kindBoolean, "not")
		return part{kinds: kindBoolean, run: func(s *scope) (value, *refusal) {
			v, refused := boolean(s)
			return truth(!v.truth), refused
		}}
	}
	number := c.need(n.Node, operand, kindNumber, n.Operator)
	if n.Operator == "-" {
		number = both(n, constant(whole(0)).run, number, exactly(difference))
	}
	return part{kinds: operand.kinds & kindNumber, run: number}
}

func (c *compiler) binary(n *ast.BinaryNode) part {
	left, right := c.compile(n.Left), c.compile(n.Right)
	switch n.Operator {
	case "and", "&&", "or", "||":
		return c.logical(n, left, right)
	case "==", "!=":
		return c.equality(n, left, right)
	case "<", "<=", ">", ">=":
		return c.order(n, left, right)
	case "in":
		return c.in(n, left, right)
	case "contains", "startsWith", "endsWith":
		return c.search(n, left, right)
	case "matches":
		return c.matches(n, left)
	case "??":
		return coalesce(left, right)
	case "+":
		return c.plus(n, left, right)
	case "-", "*", "/", "%":
		return c.compute(n, left, right)
	}
	return c.refuse(n, "an expression has no operator "+n.Operator, "")
}

func (c *compiler) logical(n *ast.BinaryNode, left, right part) part {
	if n.Operator == "||" && left.kinds&right.kinds&kindText != 0 && (left.kinds|right.kinds)&kindBoolean == 0 {
		return c.refuse(n, "|| is or, and needs true or false on both sides", "texts are joined with +")
	}
	a := c.need(n.Left, left, kindBoolean, n.Operator)
	b := c.need(n.Right, right, kindBoolean, n.Operator)
	decided := n.Operator == "or" || n.Operator == "||" // what the left side alone decides by
	return part{kinds: kindBoolean, run: func(s *scope) (value, *refusal) {
		v, refused := a(s)
		if refused != nil || v.truth == decided {
			return v, refused
		}
		return b(s)
	}}
}

func coalesce(left, right part) part {
	return part{kinds: left.kinds&^kindNull | right.kinds, run: func(s *scope) (value, *refusal) {
		v, refused := left.run(s)
		if refused != nil || v.kind != kindNull {
			return v, refused
		}
		return right.run(s)
	}}
}

// comparable adds to the kinds those that they can be equal to.
func (k kinds) comparable() kinds {
	if k&kindNumber != 0 {
		return k | kindNumber
	}
	return k
}

func (c *compiler) equality(n *ast.BinaryNode, left, right part) part {
	if left.kinds.comparable()&right.kinds.comparable() == 0 {
		return c.refuse(n, fmt.Sprintf("%s is %s, and %s is %s: they are never equal", brief(left.text), left.kinds, brief(right.text), right.kinds),
			inQuotes(left, right))
	}
	same := n.Operator == "=="
	return part{kinds: kindBoolean, run: both(n, left.run, right.run, func(_ *scope, v, w value) (value, string) {
		return truth(v.equal(w) == same), ""
	})}
}

// inQuotes suggests to compare a text with a number's text.
func inQuotes(left, right part) string {
	if left.kinds&^kindNumber == 0 {
		left, right = right, left
	}
	if left.kinds&kindText != 0 && right.kinds&^kindNumber == 0 {
		return fmt.Sprintf("write %q, or int(%s)", right.text, brief(left.text))
	}
	return ""
}

// alike notes a slip unless both sides can be texts, or both numbers.
func (c *compiler) alike(n *ast.BinaryNode, left, right part) (a, b run) {
	wanted := kinds(0)
	for _, kind := range []kinds{kindText, kindNumber} {
		if left.kinds&kind != 0 && right.kinds&kind != 0 {
			wanted |= kind
		}
	}
	if wanted == 0 && left.kinds&(kindText|kindNumber) != 0 && right.kinds&(kindText|kindNumber) != 0 {
		c.refuse(n, fmt.Sprintf("%s needs two texts or two numbers; %s is %s, and %s is %s", n.Operator, brief(left.text), left.kinds, brief(right.text), right.kinds),
			"int, float and string make one of the other")
		return left.run, right.run
	}
	if wanted == 0 {
		wanted = kindText | kindNumber
	}
	return c.need(n.Left, left, wanted, n.Operator), c.need(n.Right, right, wanted, n.Operator)
}

func (c *compiler) order(n *ast.BinaryNode, left, right part) part {
	a, b := c.alike(n, left, right)
	return part{kinds: kindBoolean, run: both(n, a, b, func(_ *scope, v, w value) (value, string) {
		switch {
		case v.isNumber() && w.isNumber():
			return truth(ordered(n.Operator, compareNumbers(v, w))), ""
		case v.kind == w.kind:
			return truth(ordered(n.Operator, bytes.Compare(v.text, w.text))), ""
		}
		return v, "a text and a number have no order"
	})}
}

func ordered(operator string, order int) bool {
	switch operator {
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	}
	return order >= 0
}

func (c *compiler) plus(n *ast.BinaryNode, left, right part) part {
	a, b := c.alike(n, left, right)
	return part{kinds: (left.kinds | right.kinds) & (kindText | kindNumber), run: both(n, a, b, add)}
}

func add(s *scope, v, w value) (value, string) {
	switch {
	case v.isNumber() && w.isNumber():
		return sum(v, w)
	case v.kind != w.kind:
		return v, "a text and a number cannot be added"
	}
	if wrong := s.make(len(v.text) + len(w.text)); wrong != "" {
		return v, wrong
	}
	return textOf(slices.Concat(v.text, w.text)), ""
}

func (c *compiler) compute(n *ast.BinaryNode, left, right part) part {
	operands, gives := kindNumber, kindNumber
	if n.Operator == "%" {
		operands, gives = kindInteger, kindInteger
	}
	a := c.need(n.Left, left, operands, n.Operator)
	b := c.need(n.Right, right, operands, n.Operator)
	return part{kinds: gives, run: both(n, a, b, exactly(arithmetic[n.Operator]))}
}

var arithmetic = map[string]func(v, w value) (value, string){"-": difference, "*": product, "/": quotient, "%": remainder}
