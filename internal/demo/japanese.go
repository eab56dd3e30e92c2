package demo

var japanese = language{
	customers: []person{
		{"佐藤 健一", "sato.k"},
		{"鈴木 さくら", "sakura.suzuki"},
		{"髙橋 結衣", "yui.takahashi"},
	},
	conversations: []conversation{
		{"注文 {order} のキャンセルについて", "キャンセル,返金", []turn{
			asks(`<p>お世話になっております。</p><p>{product} を間違えて2台注文してしまいました。<br>1台キャンセルできますか？</p>`),
			says(`<p>{name} 様</p><p>お問い合わせありがとうございます。1台分を取り消し、{amount} を返金いたします。</p>`),
			asks(`<p>助かります。よろしくお願いします🙇</p>`),
			says(`<p>手続きが完了しました。<a href="https://shop.acme.example/orders/{order}">注文履歴</a>をご確認ください。</p>`),
		}},
		{"Wi-Fi に接続できません", "通信障害", []turn{
			asks(`<p>昨夜から {product} につながりません（エラー E&#8209;21）。</p>`),
			says(`<p>{name} 様、ご不便をおかけしております。次の手順をお試しください。</p>
				<ol><li>電源を抜いて30秒待つ</li><li>再度差し込む</li><li>ランプが緑になるまで待つ</li></ol>`),
			asks(`<p>直りました！ありがとうございます✨</p>`),
		}},
	},
}
