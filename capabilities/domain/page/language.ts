/** The languages that the default page speaks, as BCP 47 tags. */
export const LANGUAGES = ["en", "fr", "de", "es", "it", "nl", "pt"] as const;

export type Language = (typeof LANGUAGES)[number];

interface Texts {
  /** What is the matter, in a few words. */
  readonly title: string;
  /** What it means for the visitor and what to do. */
  readonly message: string;
  /** The link that loads the same address again. */
  readonly retry: string;
}

/** The default page's texts, where the author gives none. */
export const TEXTS: Readonly<Record<Language, Texts>> = {
  en: {
    title: "We’ll be right back",
    message:
      "This service is temporarily unavailable. We are working on it. Please try again in a few moments.",
    retry: "Try again",
  },
  fr: {
    title: "Nous revenons tout de suite",
    message:
      "Ce service est momentanément indisponible. Nous y travaillons. Merci de réessayer dans quelques instants.",
    retry: "Réessayer",
  },
  de: {
    title: "Wir sind gleich wieder da",
    message:
      "Dieser Dienst ist vorübergehend nicht erreichbar. Wir arbeiten daran. Bitte versuchen Sie es in wenigen Augenblicken erneut.",
    retry: "Erneut versuchen",
  },
  es: {
    title: "Volvemos enseguida",
    message:
      "Este servicio no está disponible temporalmente. Estamos trabajando en ello. Vuelva a intentarlo en unos instantes.",
    retry: "Reintentar",
  },
  it: {
    title: "Torniamo subito",
    message:
      "Questo servizio è temporaneamente non disponibile. Ci stiamo lavorando. Riprova tra qualche istante.",
    retry: "Riprova",
  },
  nl: {
    title: "We zijn zo terug",
    message:
      "Deze dienst is tijdelijk niet beschikbaar. We werken eraan. Probeer het over enkele ogenblikken opnieuw.",
    retry: "Opnieuw proberen",
  },
  pt: {
    title: "Voltamos já",
    message:
      "Este serviço está temporariamente indisponível. Estamos a trabalhar nisso. Tente novamente dentro de instantes.",
    retry: "Tentar novamente",
  },
};
