package demo

var german = language{
	customers: []person{
		{"Jonas Müller", "jonas.mueller"},
		{"Katrin Weiß", "k.weiss"},
		{"Jürgen Großmann", "j.grossmann"},
		{"Selin Yıldız", "selin.y"},
	},
	conversations: []conversation{
		{"Reklamation {product}", "garantie,reparatur", []turn{
			asks(`<p>Sehr geehrte Damen und Herren,</p><p>mein {product} l&auml;sst sich seit gestern nicht mehr einschalten.
				Gekauft im M&auml;rz, Bestellung {order}.</p><p>Mit freundlichen Grüßen<br>{customer}</p>`),
			says(`<p>Hallo {name},</p><p>das tut mir leid. Bitte halten Sie die Taste <kbd>Power</kbd> 10&nbsp;Sekunden gedrückt.</p>`),
			asks(`<blockquote>Bitte halten Sie die Taste Power 10 Sekunden gedrückt.</blockquote><p>Das hat leider nichts gebracht.</p>`),
			notes(`<p>Serienfehler, Charge 2217 &ndash; direkt tauschen.</p>`),
			says(`<p>Dann tauschen wir das Gerät aus. Das Rücksendeetikett finden Sie
				<a href="https://shop.acme.example/ruecksendung/{order}">hier</a>.</p>`),
			asks(`<p>Neues Gerät ist da und läuft. Vielen Dank! 👍</p>`),
		}},
		{"Kündigung Vertrag", "kuendigung,rueckgewinnung", []turn{
			asks(`<p>Hiermit kündige ich meinen Vertrag zum nächstmöglichen Termin.</p>`),
			says(`<p>Hallo {name}, schade! Darf ich fragen, woran es liegt? Wir könnten Ihnen <b>{amount}</b> Gutschrift anbieten.</p>`),
			asks(`<p>Nein danke, bitte nur bestätigen.</p>`),
			says(`<p>Die Kündigung ist bestätigt, das Schreiben liegt in Ihrem Kundenkonto.</p>`),
		}},
		{"Rechnung mit falscher Adresse", "rechnung", []turn{
			asks(`<p>Auf der Rechnung zu {order} steht noch die alte Straße. Können Sie das ändern?</p>`),
			says(`<p>Erledigt, {name}. Die korrigierte Rechnung kommt per E-Mail.</p>`),
		}},
	},
}
