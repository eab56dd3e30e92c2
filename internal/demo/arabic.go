package demo

var arabic = language{
	customers: []person{
		{"ليلى حداد", "layla.haddad"},
		{"عمر الفارس", "omar.alfares"},
		{"نور الدين بن علي", "nour.benali"},
	},
	conversations: []conversation{
		{"لم يصل طلبي {order}", "شحن,تأخير", []turn{
			asks(`<div dir="rtl"><p>مرحبًا،</p><p>طلبت {product} قبل أسبوع ولم يصل حتى الآن. أين الشحنة؟</p></div>`),
			says(`<div dir="rtl"><p>أهلًا {name}،</p><p>نعتذر عن التأخير. الشحنة عند شركة التوصيل وستصلك غدًا.<br>
				<a href="https://parcel.example/track/{order}">تتبّع الشحنة</a></p></div>`),
			asks(`<div dir="rtl"><p>وصلت، شكرًا جزيلًا 🌹</p></div>`),
		}},
		{"فاتورة أعلى من المعتاد", "فواتير", []turn{
			asks(`<div dir="rtl"><p>فاتورتي هذا الشهر أعلى بمقدار {amount}. لماذا؟</p></div>`),
			notes(`<p>Roaming, 2 days. One-off courtesy credit possible.</p>`),
			says(`<div dir="rtl"><p>{name}، السبب هو استخدام التجوال. سنعيد لك نصف المبلغ كبادرة حسن نية.</p></div>`),
			asks(`<div dir="rtl"><p>ممتاز 👍</p></div>`),
		}},
	},
}
