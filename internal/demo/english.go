package demo

var english = language{
	customers: []person{
		{"Sarah O'Neill", "sarah.oneill"},
		{"James Whitfield", "j.whitfield"},
		{"Priya Raman", "priya.raman"},
		{"Tom Becker-Hughes", "tom.bh"},
		{"Aisha Bello", "aisha.bello"},
	},
	conversations: []conversation{
		{"Where is my order {order}?", "shipping,delay", []turn{
			asks(`<p>Hi there,</p><p>I ordered the <b>{product}</b> ten days ago (order {order}) and the tracking still says
				&ldquo;label created&rdquo;. Is it lost?</p><p>Thanks,<br>{name}</p>`),
			notes(`<p>Carrier scan missing since the hub. Opened trace <a href="https://trace.parcel.example/?id={order}">here</a>.</p>`),
			says(`<p>Hello {name},</p><p>I&#39;m sorry for the wait. Your parcel got stuck at the sorting hub. You can choose:</p>
				<ul><li>we send a new one today, or</li><li>you get {amount} back within 3&ndash;5 days.</li></ul>
				<p>What would you prefer?<br>{agent}</p>`),
			asks(`<p>A new one please, it's a birthday present 🎁</p>`),
			says(`<p>Done! Follow it <a href="https://parcel.example/track/{order}">here</a>. It should arrive on Thursday.</p>`),
			asks(`<p>Got it, <em>brilliant</em> service. 😊</p>`),
		}},
		{"Charged twice for {order}", "billing,refund,vip", []turn{
			asks(`<div>You took {amount} <u>twice</u>!!</div><div>The card is 4111 1111 1111 1111, please check.</div>`),
			says(`<p>Hi {name}, please never send a whole card number by message: the last four digits are enough.</p>
				<p>I see two authorisations &amp; one capture. The second one drops off by itself in 2 days.</p>`),
			asks(`<p>It did not. Still {amount} missing &#128544;</p>`),
			notes(`<p>Bank confirmed: both captured. <strong>Refund approved</strong> by the shift lead.</p>`),
			says(`<p>You were right, {name}, and I apologise. {amount} is on its way back to you.</p>`),
		}},
		{
			"Internet drops every evening, {product}, third time I write about this and nobody has come back to me so far",
			"network,escalated",
			[]turn{
				asks(`<p>Every evening between 8 and 10 the connection drops. Lights on the {product}:</p>
				<ol><li>Power: green</li><li>DSL: blinking</li><li>WiFi: off</li></ol>`),
				says(`<p>Hi {name}, could you run the test at
				<a href="https://speed.acme.example">speed.acme.example</a> and tell me the figures?</p>`),
				asks(`<table><tr><td>Down</td><td>3.1 Mbit/s</td></tr>
					<tr><td>Up</td><td>0.4 Mbit/s</td></tr><tr><td>Ping</td><td>480 ms</td></tr></table>`),
				notes(`<p>SNR margin &lt; 4 dB. Line fault, not the router.</p>`),
				says(`<p>Thank you. That is a fault on the line. A technician can come <b>tomorrow, 9&ndash;12</b>. Does that suit you?</p>`),
				asks(`<p>Yes</p>`),
				says(`<p>Booked. You will get a text message half an hour before.</p>`),
				asks(`<p>He came, replaced the socket &amp; it works. Cheers 🍻</p>`),
			},
		},
		{"How do I change my delivery address?", "account", []turn{
			asks(`<p>I moved. Where do I change my address?</p>`),
			says(`<p>Under <a href="https://shop.acme.example/account">Account &gt; Addresses</a>. Open orders keep the old one.</p>`),
		}},
		{"(no subject)", "", []turn{
			asks(`<p>hello??? anyone there</p>`),
		}},
	},
}
