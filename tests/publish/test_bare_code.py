"""Comments and idle spaces fall away; an independent lexer sees the same tokens."""

from __future__ import annotations

from pathlib import Path

import pytest
from pygments.lexers.css import CssLexer
from pygments.lexers.javascript import JavascriptLexer
from pygments.token import Comment, String

from lifecircle.publish import web_map
from lifecircle.publish.bare_code import bare_script, bare_style

STATIC = Path(web_map.__file__).parent / "static"
TEMPLATE = String.Backtick
NAMES = ["vendor/tiny-inflate/tiny-inflate.js", "core.js", *web_map.SCRIPTS]
SHEETS = ["vendor/leaflet/leaflet.css", *web_map.STYLES]


def tokens(lexer, text):
    """Kinds and texts as pygments reads them, comments and spaces left out.

    It takes code after a template inside of a template for text.
    """
    told = []
    for kind, piece in lexer.get_tokens(text):
        if kind not in Comment and piece.strip():
            told.append(
                (kind, piece.replace(" ", "") if kind is TEMPLATE else piece.strip())
            )
    return told


@pytest.mark.parametrize("name", NAMES)
def test_every_script_keeps_its_tokens(name):
    script = (STATIC / name).read_text(encoding="utf-8")
    bare = bare_script(script)
    assert tokens(JavascriptLexer(), bare) == tokens(JavascriptLexer(), script)
    assert "/* " not in bare
    assert bare_script(bare) == bare


@pytest.mark.parametrize("name", SHEETS)
def test_every_style_sheet_keeps_its_tokens(name):
    style = (STATIC / name).read_text(encoding="utf-8")
    bare = bare_style(style)
    assert tokens(CssLexer(), bare) == tokens(CssLexer(), style)
    assert "/*" not in bare
    assert bare_style(bare) == bare


@pytest.mark.parametrize(
    ("script", "bare"),
    [
        # Texts that look like comments, and quotes inside of quotes.
        ('a = "/* no */ // no";', 'a="/* no */ // no";'),
        ("a = 'it\\'s // no'; // yes", "a='it\\'s // no';"),
        # Templates keep their spaces; code inside of them is code.
        (
            "`//  ${ f(`/* ${ {a: 1} } */`) }  // x`",
            "`//  ${ f(`/* ${{a:1}} */`)}  // x`",
        ),
        ("`\\`  ${x /* gone */}  $y`  + 1", "`\\`  ${x }  $y` + 1"),
        # Regular expressions, with slashes and quotes in their classes.
        ("a.split(/[/*\"]\\/'/g) // b", "a.split(/[/*\"]\\/'/g)"),
        ("const f = (s) => /'  \"/.test(s)", "const f=(s)=>/'  \"/.test(s)"),
        ("return /  '/y", "return /  '/y"),
        # Divisions.
        ("a = b / c / 'd'", "a=b / c / 'd'"),
        ("(a) / b / 'c  '", "(a)/ b / 'c  '"),
        ("i++ / 2 // '", "i++ / 2"),
        ("`${a}` / 2 / '  '", "`${a}` / 2 / '  '"),
        # Signs that would join, and a comment of old HTML.
        ("a + +b - -c", "a + +b - -c"),
        ("a < !--b", "a < !--b"),
        # Line ends end statements, inside of comments too.
        ("return /* a\n b */ c", "return\nc"),
        ("return/* a\n b */c", "return/*\n*/c"),
        ("\n\n  a /* b */ (c)\n\n\n  d\n", "a(c)\nd"),
        ("a/**/in/**/b", "a/**/in/**/b"),
        # Licences stay.
        ("/*! MIT */ a", "/*! MIT */ a"),
        ("/* x\n * @license MIT */\n  a", "/* x\n * @license MIT */\na"),
        ("", ""),
    ],
)
def test_scripts(script, bare):
    assert bare_script(script) == bare


@pytest.mark.parametrize(
    ("style", "bare"),
    [
        # A descendant is no compound selector, and a comment is no space.
        (".a :hover, .b  > p { margin: 0  1px }", ".a :hover,.b > p{margin: 0 1px}"),
        (".a/* x */.b /* y */ .c {}", ".a/**/.b .c{}"),
        ("p { width: calc(1px + 2px) }", "p{width: calc(1px + 2px)}"),
        ("p::after { content: '/*  */;  ' }", "p::after{content: '/*  */;  '}"),
        ("a { b: url(data:x/*,  y) }", "a{b: url(data:x/*,  y)}"),
        ("@media (a: b) and (c) {\r\n\tp {}\r\n}", "@media (a: b) and (c){\np{}\n}"),
    ],
)
def test_styles(style, bare):
    assert bare_style(style) == bare


def test_the_page_carries_no_comment_of_ours_but_the_licences(study):
    page = web_map.page(study)
    assert "Leaflet 1.9.4, a JS library" in page
    assert "Permission is hereby granted" in page
    for name in ("main.js", "print.css"):
        own = (STATIC / name).read_text(encoding="utf-8")
        said = own.split("/*")[1].split("*/")[0]
        assert said not in page
    assert page == web_map.page(study)
