//nolint:misspell // the words are in several languages
package scaffold

import "strings"

// vocabulary gives each word a weight: how sure it is that a table or column of this name plays a role. Words are in
// the singular that wordsOf makes, of English, Spanish, Portuguese, German and French.
type vocabulary map[string]int

// vocabularyOf reads names from lists; those of the first list weigh most.
func vocabularyOf(lists ...string) vocabulary {
	v := vocabulary{}
	for i, list := range lists {
		for word := range strings.FieldsSeq(list) {
			name := wordsOf(word).String()
			for _, written := range []string{name, strings.ReplaceAll(name, "_", "")} { // Postgres makes lastupdated of LastUpdated
				if v[written] == 0 {
					v[written] = len(lists) - i
				}
			}
		}
	}
	return v
}

// The tables, by the last word of their names.
var (
	ticketTables = vocabularyOf(
		"ticket case conversation tiquete tique caso chamado incidencia conversacion vorgang",
		"incident issue interaction chat inquiry enquiry anfrage solicitud solicitude reclamo demande atendimento consulta peticion",
		"request call thread dossier anliegen llamada discussion")
	messageTables = vocabularyOf(
		"message article comment reply mensaje mensagem comentario nachricht",
		"post entry note followup itilfollowup thread journal respuesta nota resposta antwort response kommentar correo",
		"email transaction correspondence detail attachment")
	peopleTables = vocabularyOf(
		"user agent staff usuario agente benutzer utilisateur",
		"operator employee member people person empleado mitarbeiter operador persona",
		"customer client contact cliente contacto kunde")
	customerTables = vocabularyOf("customer client contact enduser cliente contacto kunde requester visitor")
	fileTables     = vocabularyOf(
		"attachment adjunto anexo anhang",
		"file document upload archivo fichier datei ficheiro fichero",
		"blob media store")
	// sideTables are no tables of conversations, whatever else their names say.
	sideTables = vocabularyOf("log event history audit draft template canned saved macro config setting session queue index link status state " +
		"priority type category tag label collaborator follower watcher lock rule filter view field value count search")
)

// The columns, by their names as a whole or without what says that they are keys.
var (
	createdColumns = vocabularyOf("created created_at created_on create_time creation_date date_creation created_date date_created creado creado_en fecha_creacion "+
		"criado criado_em angelegt", "opened opened_at open_time date create_at fecha_alta fecha_apertura inserted_at received_at sent_at timestamp fecha enviado enviado_en datum data ctime time dt written posted")
	updatedColumns = vocabularyOf("updated updated_at updated_on update_time date_mod change_time modified modified_at modified_on date_modified "+
		"date_updated updated_date actualizado actualizado_en fecha_actualizacion fecha_modificacion modificado "+
		"modificado_en atualizado atualizado_em geaendert", "touched last_touched lastupdate last_update last_updated last_modified last_activity_at last_activity mtime edited_at edited changed changed_at last_change ultima_actualizacion")
	closedColumns = vocabularyOf("solved solved_at solved_date solvedate resolved resolved_at resolved_on solved_on date_solved cerrado cerrado_en "+
		"fecha_cierre resuelto resuelto_en fecha_resolucion fechado fechado_em resolvido_em geloest",
		"closed closed_at closed_on close_at closedate close_time closed_date date_closed finished_at completed_at ended_at")
	subjectColumns  = vocabularyOf("subject title headline asunto titulo assunto betreff sujet", "name summary nombre topic")
	numberColumns   = vocabularyOf("number tn ticket_number ticket_no reference display_id case_number numero folio code ref")
	statusColumns   = vocabularyOf("status state estado estatus situacao zustand etat", "current_status status_code status_name ticket_status")
	priorityColumns = vocabularyOf("priority prio prioridad prioridade prioritaet priorite", "urgency severity urgencia")
	channelColumns  = vocabularyOf("channel canal kanal via", "source source_type source_via origin origen medium")
	queueColumns    = vocabularyOf("queue department dept departamento cola", "group mailbox inbox category team help_topic categoria grupo project")
	csatColumns     = vocabularyOf("csat rating satisfaction satisfaction_score satisfaction_rating score calificacion valoracion satisfaccion nota_csat avaliacao bewertung")
	tagColumns      = vocabularyOf("tag tag_list tag_name label cached_label_list label_list etiqueta schlagwort")
	assigneeColumns = vocabularyOf("assignee assigned assigned_to agent staff owner assignee_agent assigned_agent assigned_user agente asignado asignado_a responsable "+
		"encargado atendente bearbeiter", "user usuario operator responsible responsible_user handler tech")
	customerColumns = vocabularyOf("customer client requester contact customer_user cliente contacto solicitante requester_user kunde", "user author creator created_by opener reporter usuario user_recipient creado_por")
	bodyColumns     = vocabularyOf("body content message text body_html html cuerpo contenido texto mensaje corpo conteudo mensagem a_body inhalt",
		"note comment description article_body plain_body body_text a_content reply detail comentario descripcion")
	linkColumns = vocabularyOf("reply_to in_reply_to responde_a")
	flagColumns = vocabularyOf("internal is_internal private is_private private_note is_note internal_note interno es_interno privado es_privado note " +
		"interna es_interna privada es_privada intern")
	openColumns   = vocabularyOf("public is_public is_visible_for_customer visible_for_customer visible_to_customer customer_visible publico es_publico publica")
	kindColumns   = vocabularyOf("sender_type author_type created_by_type sender_kind kind direction thread_type message_type created_by tipo direccion remitente_tipo sender article_sender article_sender_type", "type author_role role user_type origen source_type poster_type comment_type")
	authorColumns = vocabularyOf("author created_by created_by_user created_by_customer sender author_user created_user from_user posted_by submitter autor remitente creado_por creator origin_by",
		"staff agent user customer contact usuario agente cliente create_by poster verfasser")
	authorTexts    = vocabularyOf("poster author author_name sender_name author_email from_email sender_email a_from from autor remitente autor_nombre verfasser", "sender poster_name")
	deletedColumns = vocabularyOf("deleted_at deleted is_deleted is_trashed eliminado eliminado_en borrado")

	emailColumns   = vocabularyOf("email work_email mail email_address e_mail correo correo_electronico", "username login user_name usuario", "name nombre display_name full_name nome nom real_name")
	labelColumns   = vocabularyOf("name label nombre nome bezeichnung", "title status priority state titulo estado value topic description code descripcion codigo")
	nameColumns    = vocabularyOf("filename file_name original_name original_filename client_name nombre_archivo", "name nombre title")
	mimeColumns    = vocabularyOf("mime mime_type content_type mimetype file_type_mime", "type file_type")
	contentColumns = vocabularyOf("content data filedata file_data blob file bytes contenido datos payload", "body filecontent binary")
	pathColumns    = vocabularyOf("path file_path filepath disk_filename storage_path location ruta", "file_dir directory")
	urlColumns     = vocabularyOf("url external_url file_url link public_url enlace")
	formatColumns  = vocabularyOf("format content_type body_type body_format a_content_type mime_type formato")
)
