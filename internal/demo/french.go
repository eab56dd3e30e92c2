package demo

var french = language{
	customers: []person{
		{"Élodie Lefèvre", "elodie.lefevre"},
		{"Mathieu Garçon", "m.garcon"},
		{"Noémie d'Angelo", "noemie.dangelo"},
		{"Loïc Kerguelen", "loic.k"},
	},
	conversations: []conversation{
		{"Colis {order} livré chez un voisin ?", "livraison", []turn{
			asks(`<p>Bonjour,</p><p>Le suivi dit &laquo;&nbsp;livr&eacute;&nbsp;&raquo; mais je n'ai rien reçu. Chez quel voisin&nbsp;?</p>`),
			says(`<p>Bonjour {name}, je me renseigne auprès du livreur.</p>`),
			notes(`<p>Signature illisible, adresse du 14 au lieu du 41.</p>`),
			says(`<p>Votre colis est au n°&nbsp;14 de votre rue. Toutes nos excuses&nbsp;!</p>`),
			asks(`<p>Récupéré, merci 🙂</p>`),
		}},
		{"Forfait trop cher", "fidelisation,forfait", []turn{
			asks(`<p>Un concurrent propose la fibre pour {amount} de moins. Vous faites un geste&nbsp;?</p>`),
			says(`<p>Bonjour {name}, je peux vous proposer&nbsp;:</p><ul><li>le même débit, remisé pendant 12&nbsp;mois&nbsp;;</li>
				<li>ou le {product} offert.</li></ul>`),
			asks(`<p>La première, s'il vous plaît.</p>`),
			says(`<p>C'est fait. Le détail est <a href="https://shop.acme.example/contrat">dans votre espace client</a>.</p>`),
		}},
		{"Mot de passe oublié", "compte", []turn{
			asks(`<p>Je ne reçois pas le mail de réinitialisation.</p>`),
			says(`<p>Regardez dans les indésirables, {name}. Je l'ai renvoyé à l'instant.</p>`),
			asks(`<p>Trouvé&nbsp;!</p>`),
		}},
	},
}
