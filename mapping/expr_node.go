package mapping

import (
	"fmt"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"
)

func (c *compiler) conditional(n *ast.ConditionalNode) part {
	condition := c.need(n.Cond, c.compile(n.Cond), kindBoolean, "a condition")
	yes, no := c.compile(n.Exp1), c.compile(n.Exp2)
	return part{kinds: yes.kinds | no.kinds, run: func(s *scope) (value, *refusal) {
		is, refused := condition(s)
		switch {
		case refused != nil:
			return is, refused
		case is.truth:
			return yes.run(s)
		}
		return no.run(s)
	}}
}

// let gives a name to a value, for what follows.
func (c *compiler) let(n *ast.VariableDeclaratorNode) part {
	given := c.compile(n.Value)
	i := c.lets
	c.lets++
	before, hides := c.names[n.Name]
	c.names[n.Name] = part{kinds: given.kinds, run: func(s *scope) (value, *refusal) { return s.lets[i], nil }}
	rest := c.compile(n.Expr)
	if delete(c.names, n.Name); hides {
		c.names[n.Name] = before
	}
	return part{kinds: rest.kinds, run: func(s *scope) (value, *refusal) {
		v, refused := given.run(s)
		if refused != nil {
			return v, refused
		}
		s.lets[i] = v
		return rest.run(s)
	}}
}

func (c *compiler) array(n *ast.ArrayNode) part {
	elements := make([]run, len(n.Nodes))
	fixed := true
	for i, node := range n.Nodes {
		elements[i] = c.need(node, c.compile(node), kindAny&^kindList, "an element of a list")
		fixed = fixed && isConstant(node)
	}
	list := part{kinds: kindList, run: func(s *scope) (value, *refusal) { return listOf(s, elements) }}
	if fixed && len(c.slips) == 0 {
		once, _ := list.run(&scope{})
		return constant(once)
	}
	return list
}

func isConstant(n ast.Node) bool {
	switch n.(type) {
	case *ast.NilNode, *ast.BoolNode, *ast.IntegerNode, *ast.FloatNode, *ast.StringNode:
		return true
	}
	return false
}

func listOf(s *scope, elements []run) (value, *refusal) {
	list := make([]value, len(elements))
	for i, element := range elements {
		var refused *refusal
		if list[i], refused = element(s); refused != nil {
			return value{}, refused
		}
	}
	return value{kind: kindList, list: list}, nil
}

// member is a column in $env, or an element of a list.
func (c *compiler) member(n *ast.MemberNode) part {
	if name, ok := n.Node.(*ast.IdentifierNode); ok && name.Value == env {
		column, ok := n.Property.(*ast.StringNode)
		if !ok {
			return c.refuse(n.Property, env+" needs the name of a column, in quotes", "")
		}
		return c.column(column.Value, c.offset(column)+1)
	}
	if _, ok := n.Property.(*ast.StringNode); ok {
		return c.refuse(n, "a value has no parts with names", fmt.Sprintf("a column of another name is written %s[%q]", env, n.String()))
	}
	list := c.need(n.Node, c.compile(n.Node), kindList, "[ ]")
	index := c.need(n.Property, c.compile(n.Property), kindInteger, "[ ]")
	text := n.String()
	return part{kinds: kindAny &^ kindList, run: func(s *scope) (value, *refusal) {
		v, refused := list(s)
		if refused != nil {
			return v, refused
		}
		i, refused := index(s)
		if refused != nil {
			return i, refused
		}
		if element, ok := v.element(i.integer); ok {
			return element, nil
		}
		return v, refuseExpr(text, fmt.Sprintf("there is no element %d, the list has %d; get gives NULL then", i.integer, len(v.list)))
	}}
}

// element counts from the end where i is negative.
func (v value) element(i int64) (value, bool) {
	if i < 0 {
		i += int64(len(v.list))
	}
	if i < 0 || i >= int64(len(v.list)) {
		return value{kind: kindNull}, false
	}
	return v.list[i], true
}

// slice cuts a text by characters, and a list by elements. Bounds beyond either end are that end.
func (c *compiler) slice(n *ast.SliceNode) part {
	of := c.compile(n.Node)
	whole := c.need(n.Node, of, kindText|kindList, "[ : ]")
	bound := func(n ast.Node) run {
		if n == nil {
			return nil
		}
		return c.need(n, c.compile(n), kindInteger, "[ : ]")
	}
	from, to := bound(n.From), bound(n.To)
	return part{kinds: of.kinds & (kindText | kindList), run: func(s *scope) (value, *refusal) {
		v, refused := whole(s)
		if refused != nil {
			return v, refused
		}
		length := v.length()
		start, refused := limit(s, from, 0, length)
		if refused != nil {
			return v, refused
		}
		end, refused := limit(s, to, length, length)
		if refused != nil {
			return v, refused
		}
		return v.cut(start, max(start, end)), nil
	}}
}

func limit(s *scope, bound run, otherwise, length int) (int, *refusal) {
	if bound == nil {
		return otherwise, nil
	}
	v, refused := bound(s)
	if v.integer < 0 {
		v.integer += int64(length)
	}
	return int(min(max(v.integer, 0), int64(length))), refused
}

// length counts characters, or elements.
func (v value) length() int {
	if v.kind == kindList {
		return len(v.list)
	}
	return utf8.RuneCount(v.text)
}

func (v value) cut(start, end int) value {
	if v.kind == kindList {
		return value{kind: kindList, list: v.list[start:end]}
	}
	before := len(truncate(v.text, start))
	return textOf(truncate(v.text[before:], end-start))
}
