package demo

var spanish = language{
	customers: []person{
		{"María Gómez", "maria.gomez"},
		{"Julián Ospina", "julian.ospina"},
		{"Lucía Fernández", "lucia.f"},
		{"Andrés Peña", "andres.pena"},
		{"Ximena Ñáñez", "ximena.nanez"},
	},
	conversations: []conversation{
		{"Mi pedido {order} llegó incompleto", "envios,reclamo", []turn{
			asks(`<p>Buenas tardes,</p><p>Abr&iacute; la caja y falta el cargador del <b>{product}</b>. ¿Me lo pueden enviar?</p>`),
			says(`<p>Hola, {name}:</p><p>¡Qué pena con usted! ¿Nos regala una foto de la etiqueta de la caja?</p>`),
			asks(`<p>Claro, va adjunta 📎</p>`),
			notes(`<p>Peso de despacho: 120&nbsp;g menos de lo normal. Procede reposición.</p>`),
			says(`<p>El cargador sale hoy mismo, sin costo. Puede seguirlo <a href="https://parcel.example/track/{order}">aquí</a>.</p>`),
			asks(`<p>¡Mil gracias! 🙏</p>`),
		}},
		{"No reconozco un cobro en la factura", "facturacion", []turn{
			asks(`<p>En la factura de este mes aparece &laquo;Servicios adicionales: {amount}&raquo;. Yo no pedí nada.</p>`),
			says(`<p>Hola, {name}. Reviso y le cuento:</p><ul><li>El servicio se activó por la aplicación.</li>
				<li>Nunca se usó.</li></ul><p>¿Quiere que lo cancelemos?</p>`),
			asks(`<p>Sí, y me devuelven la plata, por favor.</p>`),
			says(`<p>Listo: cancelado, y los {amount} van como saldo a favor en la próxima factura.</p>`),
		}},
		{"Sin internet desde ayer", "red,urgente", []turn{
			asks(`<p>NO TENGO INTERNET DESDE AYER 😡😡</p><p>Trabajo desde la casa!!!</p>`),
			notes(`<p>Falla masiva en el nodo norte, reparación estimada 4&nbsp;h.</p>`),
			says(`<p>Hola, {name}, lo siento mucho. Hay una falla en su zona y la cuadrilla ya está trabajando.</p>`),
			asks(`<p>¿Y cuándo vuelve?</p>`),
			says(`<p>Antes de las 6 de la tarde. Le abonamos los días sin servicio.</p>`),
		}},
		{"Gracias", "", []turn{
			asks(`<p>Solo quería decir que {agent} me atendió súper bien ❤️</p>`),
			says(`<p>¡Qué alegría leerlo, {name}! Se lo cuento.</p>`),
		}},
	},
}
