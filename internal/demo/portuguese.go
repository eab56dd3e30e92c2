package demo

var portuguese = language{
	customers: []person{
		{"João Conceição", "joao.conceicao"},
		{"Beatriz Araújo", "bia.araujo"},
		{"Rafael Guimarães", "rafa.g"},
		{"Inês Magalhães", "ines.magalhaes"},
	},
	conversations: []conversation{
		{"Quero devolver o {product}", "devolucao", []turn{
			asks(`<p>Olá, comprei o {product} (pedido {order}) e não serviu. Como faço a devolução?</p>`),
			says(`<p>Oi, {name}! É simples:</p><ol><li>imprima a etiqueta <a href="https://shop.acme.example/devolver/{order}">neste link</a>;</li>
				<li>cole na caixa;</li><li>entregue em qualquer agência.</li></ol>`),
			asks(`<p>Não tenho impressora... 😅</p>`),
			says(`<p>Sem problema: mostre o código <code>{order}</code> no balcão.</p>`),
			asks(`<p>Deu certo, obrigado!</p>`),
		}},
		{"Chip não ativa", "rede,chip", []turn{
			asks(`<p>Faz tr&ecirc;s horas que o chip est&aacute; &quot;em ativa&ccedil;&atilde;o&quot;.</p>`),
			notes(`<p>Portabilidade presa na operadora de origem.</p>`),
			says(`<p>Boa tarde, {name}. A operadora anterior ainda não liberou o número. Já cobrei a liberação.</p>`),
			asks(`<p>Ok, aguardo.</p>`),
		}},
		{"Boleto vencido", "cobranca", []turn{
			asks(`<p>O boleto de {amount} venceu ontem, dá para gerar outro sem multa?</p>`),
			says(`<p>Gerado, {name}, sem multa: <a href="https://shop.acme.example/boleto/{order}">segunda via</a>. 😉</p>`),
			asks(`<p>Pago ✅</p>`),
		}},
	},
}
